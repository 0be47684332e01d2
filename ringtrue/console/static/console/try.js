// The page that calls an agent: what the person sees while call-audio.js carries the sound.
import { RingtrueCall } from "./call-audio.js";

const box = document.getElementById("try");
const part = (name) => box.querySelector(`[data-${name}]`);
const show = (name, shown) => box.querySelectorAll(`[data-${name}]`).forEach((node) => (node.hidden = !shown));

const STATES = {
  connecting: "Connecting…",
  live: "You are on the line",
  lost: "The connection broke. Trying again…",
};
const ON = ["live", "lost"];
const REASONS = {
  caller_hung_up: "You hung up.",
  agent_hung_up: "The agent said goodbye.",
  transferred: "The agent would have put you through here. In the browser the call ends instead.",
  silence: "The agent heard nothing for a while and hung up.",
  too_long: "The call reached its longest time.",
  refused: "The agent turned the call away.",
  line_failed: "The connection broke.",
  stopped: "Ringtrue was stopped.",
};
const REFUSALS = {
  expired: "That took too long. Please press the button again.",
  used: "This call was already made. Please press the button again.",
  busy: "All lines are busy just now. Please try again in a minute.",
};

// The ticket is asked for when the microphone is there: it lives for a minute, and a call without a microphone is none.
async function ticket() {
  let answer, told;
  try {
    answer = await fetch(box.dataset.begin, {
      method: "POST",
      headers: { "X-CSRFToken": box.dataset.csrf, Accept: "application/json" },
    });
    told = await answer.json();
  } catch {
    throw new Error("Ringtrue could not be reached. Load the page again and try once more.");
  }
  if (!answer.ok) throw new Error(told.error);
  part("page").href = told.page;
  box.dataset.hasPage = "true";
  return told.url;
}

let call = null;
let ticking = 0;
let since = 0;

function start() {
  part("lines").replaceChildren();
  delete box.dataset.hasPage;
  since = 0;
  call = new RingtrueCall(ticket, { onState, onEvent, onLevel, onDevices });
  for (const kind of KINDS) call.chosen[kind] = chooser(kind).value;
  call.start();
}

function onState(state, detail) {
  box.dataset.state = state;
  const over = !["connecting", ...ON].includes(state);
  show("before", false);
  show("during", ON.includes(state));
  show("after", over);
  part("call").hidden = ON.includes(state);
  part("call").disabled = state === "connecting";
  if (state === "live" && !since) {
    since = Date.now();
    part("clock").textContent = "0:00";
    ticking = setInterval(() => {
      const seconds = Math.floor((Date.now() - since) / 1000);
      part("clock").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    }, 500);
    part("hang-up").focus();
  }
  part("say").textContent = STATES[state] ?? (state === "ended" ? "The call is over" : "That did not work");
  if (!over) return;
  clearInterval(ticking);
  part("why").textContent = state === "ended" ? (REASONS[detail] ?? "") : state === "refused" ? (REFUSALS[detail] ?? "The call was refused.") : detail;
  part("page").hidden = state !== "ended" || !box.dataset.hasPage;
  part("call").setAttribute("aria-label", "Call again");
  box.querySelector("#keypad").hidden = true;
}

function onEvent(event) {
  if (event.kind !== "heard" && event.kind !== "said") return;
  if (!event.text) return;
  const line = document.createElement("div");
  line.className = `line line-${event.kind === "said" ? "agent" : "caller"}`;
  line.dataset.testid = "try-line";
  line.dataset.speaker = event.kind === "said" ? "agent" : "caller";
  const at = document.createElement("time");
  const seconds = Math.floor((event.start_ms ?? event.at_ms) / 1000);
  at.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  const words = document.createElement("span");
  const who = document.createElement("span");
  who.className = "who";
  who.textContent = event.kind === "said" ? "Agent" : "You";
  words.append(who, event.text);
  if (event.complete === false) {
    const cut = document.createElement("span");
    cut.className = "cut";
    cut.textContent = " — interrupted";
    words.append(cut);
  }
  line.append(at, words);
  part("lines").append(line);
  line.scrollIntoView({ block: "nearest" });
}

function onLevel({ caller, agent }) {
  part("level-caller").style.setProperty("--level", caller.toFixed(2));
  part("level-agent").style.setProperty("--level", agent.toFixed(2));
}

const KINDS = ["microphone", "speaker"];
const chooser = (kind) => part(`choose-${kind}`);

function onDevices({ microphones, speakers }) {
  for (const [kind, found] of [["microphone", microphones], ["speaker", speakers]]) {
    const before = chooser(kind).value;
    chooser(kind).replaceChildren(...found.map(({ id, label }, at) => new Option(label || `${kind} ${at + 1}`, id)));
    if (found.some(({ id }) => id === before)) chooser(kind).value = before;
    chooser(kind).parentElement.hidden = found.length === 0;
  }
  part("devices").hidden = microphones.length + speakers.length === 0;
}

chooser("microphone").addEventListener("change", (event) =>
  call.useMicrophone(event.target.value).catch(() => {
    part("say").textContent = "That microphone could not be opened.";
  }),
);
chooser("speaker").addEventListener("change", (event) => call.useSpeaker(event.target.value).catch(() => {}));
part("call").addEventListener("click", start);
part("hang-up").addEventListener("click", () => call?.hangUp());
part("mute").addEventListener("click", () => {
  const muted = call.mute();
  part("mute").setAttribute("aria-pressed", String(muted));
  part("mute").querySelector("span").textContent = muted ? "Unmute" : "Mute";
});
part("keys").addEventListener("click", () => {
  const pad = box.querySelector("#keypad");
  pad.hidden = !pad.hidden;
  part("keys").setAttribute("aria-expanded", String(!pad.hidden));
});
box.querySelector("#keypad").addEventListener("click", (event) => {
  const key = event.target.closest("[data-digit]");
  if (key) call?.sendDigits(key.dataset.digit);
});
window.addEventListener("pagehide", () => ON.includes(call?.state) && call.hangUp());
