// The "call us" button on a business's own web site (docs/call-us-button.md):
//
//   <script type="module" src="https://ringtrue.example/static/console/call-us.js?button=KEY"></script>
//
// It stands at the lower right corner, or in an element with data-ringtrue="KEY" where the page has one. Everything is drawn in a shadow
// root, with a style sheet made by script, so that the page's styles and its Content-Security-Policy touch neither. Nothing is stored in
// the browser. What carries the sound (call-audio.js) is loaded when somebody calls.

const US = new URL(import.meta.url);
const KEY = US.searchParams.get("button") ?? "";
const ASK = new URL(`/call-us/${encodeURIComponent(KEY)}/`, US);
const NOT_HERE = `Calls cannot be made from this page (${location.origin}). Is it yours? Then add this address to the button's sites in Ringtrue.`;

const STYLE = `
:host { all: initial; }
:host(.corner) { position: fixed; right: 16px; bottom: 16px; z-index: 2147483000; }
* { box-sizing: border-box; font: 16px/1.45 system-ui, sans-serif; color: inherit; }
[hidden] { display: none !important; }
button { min-height: 44px; padding: 0 18px; border: 1px solid transparent; border-radius: 22px; cursor: pointer; font-weight: 600; }
button:focus-visible, a:focus-visible { outline: 3px solid #1a1a1a; outline-offset: 2px; box-shadow: 0 0 0 2px #fff; }
.main { background: var(--color); color: var(--ink); border-color: color-mix(in srgb, var(--ink) 25%, transparent); }
.open { display: inline-flex; gap: 10px; align-items: center; min-height: 52px; border-radius: 26px; box-shadow: 0 3px 14px #0004; }
.open svg { width: 22px; height: 22px; }
.quiet { background: #fff; border-color: #767676; color: #1a1a1a; }
.end { background: #b3261e; color: #fff; }
.panel { width: 360px; max-width: calc(100vw - 32px); max-height: calc(100vh - 32px); overflow: auto; padding: 20px; border: 1px solid #8886;
  border-radius: 18px; background: #fff; color: #1a1a1a; box-shadow: 0 8px 30px #0005; }
.head { display: flex; gap: 12px; align-items: center; justify-content: space-between; }
h2 { margin: 0; font-size: 20px; font-weight: 700; }
p { margin: 10px 0 0; }
.state { font-weight: 600; }
.state:empty { margin: 0; }
.small, .small a { font-size: 14px; }
a { color: inherit; text-decoration: underline; }
.row { display: flex; flex-wrap: wrap; gap: 10px; margin-top: 16px; }
.meter { height: 8px; margin-top: 10px; overflow: hidden; border-radius: 4px; background: #e4e4e4; }
.meter i { display: block; height: 100%; background: #2b6f5f; transform: scaleX(var(--level, 0)); transform-origin: left; }
.log { max-height: 220px; margin-top: 12px; overflow: auto; }
.log p { margin: 6px 0 0; }
.log b { font-weight: 700; }
@media (max-width: 480px) {
  :host(.corner.opened) { right: 0; bottom: 0; left: 0; }
  :host(.corner.opened) .panel { width: 100%; max-width: none; border-radius: 18px 18px 0 0; }
}`;

const PHONE =
  "M8.3 4.2 5.6 4.7c-.9.2-1.5 1-1.4 1.9.7 7 6.2 12.5 13.2 13.2.9.1 1.7-.5 1.9-1.4l.5-2.7-4.2-2-1.9 1.9c-2-.9-3.6-2.5-4.5-4.5l1.9-1.9Z";

function make(tag, attributes = {}, ...inside) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false) node.setAttribute(name, value);
  }
  node.append(...inside);
  return node;
}

function drawing() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PHONE);
  const looks = { viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": "1.8", "aria-hidden": "true" };
  for (const [name, value] of Object.entries(looks)) svg.setAttribute(name, value);
  svg.append(path);
  return svg;
}

class Button {
  constructor(told) {
    const { words } = told;
    this.words = words;
    const place = document.querySelector(`[data-ringtrue="${CSS.escape(KEY)}"]`);
    this.host = make("div", { lang: told.language, "data-ringtrue-button": KEY, class: place ? "" : "corner" });
    this.host.style.setProperty("--color", told.color);
    this.host.style.setProperty("--ink", told.ink);
    this.root = this.host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    this.root.adoptedStyleSheets = [sheet];

    this.opener = make("button", { type: "button", class: "main open", "aria-haspopup": "dialog", "aria-expanded": "false", onclick: () => this.open() }, drawing(), told.label);
    this.state = make("p", { class: "state", role: "status" });
    this.notice = make("div", {}, ...told.notice.map((text) => make("p", {}, text)));
    this.more = told.more
      ? make("p", { class: "small" }, make("a", { href: told.more.address, target: "_blank", rel: "noopener noreferrer" }, told.more.words))
      : "";
    this.level = make("i");
    this.meter = make("div", { class: "meter", hidden: true, role: "img", "aria-label": words.level }, this.level);
    this.log = make("div", { class: "log", role: "log", "aria-label": words.captions, tabindex: "0", hidden: true });
    this.starter = make("button", { type: "button", class: "main", onclick: () => this.start() }, words.start);
    this.muter = make("button", { type: "button", class: "quiet", "aria-pressed": "false", hidden: true, onclick: () => this.mute() }, words.mute);
    this.ender = make("button", { type: "button", class: "end", hidden: true, onclick: () => this.call.hangUp() }, words.hang_up);
    this.closer = make("button", { type: "button", class: "quiet", onclick: () => this.close() }, words.close);
    this.panel = make(
      "div",
      { class: "panel", role: "dialog", "aria-labelledby": "title", hidden: true, onkeydown: (event) => event.key === "Escape" && this.close() },
      make("div", { class: "head" }, make("h2", { id: "title" }, told.label), this.closer),
      this.notice, this.more, this.state, this.meter, this.log, make("div", { class: "row" }, this.starter, this.muter, this.ender),
    );
    this.root.append(this.opener, this.panel);
    (place ?? document.body).append(this.host);
    window.addEventListener("pagehide", () => this.running && this.call.hangUp());
  }

  get running() {
    return ["connecting", "live", "lost"].includes(this.call?.state);
  }

  open() {
    this.show(true);
    this.starter.focus();
  }

  close() {
    if (this.running) return; // a call that runs is not put away: "hang up" ends it
    this.show(false);
    this.opener.focus();
  }

  show(opened) {
    this.panel.hidden = !opened;
    this.opener.hidden = opened;
    this.opener.setAttribute("aria-expanded", String(opened));
    this.host.classList.toggle("opened", opened);
  }

  async start() {
    this.starter.hidden = true;
    this.state.textContent = this.words.connecting;
    const { RingtrueCall } = await import(new URL("call-audio.js", US));
    this.call = new RingtrueCall(ticket, {
      onState: (state, detail) => this.become(state, detail),
      onEvent: (event) => this.caption(event),
      onLevel: ({ caller }) => this.level.style.setProperty("--level", caller.toFixed(2)),
    });
    this.log.replaceChildren();
    this.call.start();
  }

  become(state, detail) {
    const { words } = this;
    const on = ["live", "lost"].includes(state);
    this.host.dataset.state = state;
    this.notice.hidden = this.closer.hidden = this.running;
    this.meter.hidden = this.muter.hidden = this.ender.hidden = !on;
    this.log.hidden = !on && this.log.childElementCount === 0;
    this.starter.hidden = this.running;
    if (state === "live" && this.state.textContent !== words.lost) this.ender.focus();
    const failed = { failed: detail || words.broke, refused: words.broke, no_microphone: words.no_microphone, ended: words.over };
    this.state.textContent = words[state] ?? failed[state];
    if (this.running) return;
    this.starter.textContent = words.again;
    this.starter.focus();
  }

  caption(event) {
    if ((event.kind !== "heard" && event.kind !== "said") || !event.text) return;
    const who = event.kind === "said" ? this.words.agent : this.words.you;
    const line = make("p", { "data-speaker": event.kind === "said" ? "agent" : "caller" }, make("b", {}, `${who}: `), event.text);
    this.log.append(line);
    this.log.scrollTop = this.log.scrollHeight;
  }

  mute() {
    const muted = this.call.mute();
    this.muter.textContent = muted ? this.words.unmute : this.words.mute;
    this.muter.setAttribute("aria-pressed", String(muted));
  }

  refuse(sentence) {
    this.notice.hidden = this.starter.hidden = true;
    this.state.textContent = sentence;
  }
}

async function ticket() {
  let told;
  try {
    told = await (await fetch(ASK, { method: "POST", credentials: "omit" })).json();
  } catch {
    throw new Error("");
  }
  if (!told.url) throw new Error(told.error);
  return told.url;
}

async function begin() {
  let answer;
  try {
    answer = await fetch(ASK, { credentials: "omit" });
  } catch {
    // Not this site's button, or we cannot be reached: a browser tells the page no more than that.
    const words = { start: "", close: "Close", level: "", captions: "", mute: "", hang_up: "" };
    new Button({ label: "Call us", color: "#5c5c5c", ink: "#ffffff", language: "en", words, notice: [] }).refuse(NOT_HERE);
    return;
  }
  if (answer.ok) new Button(await answer.json());
}

if (!document.querySelector(`[data-ringtrue-button="${CSS.escape(KEY)}"]`)) begin();
