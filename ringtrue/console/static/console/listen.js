// The part of a running call's page with which a member of the business listens in; listen-audio.js carries the sound.
import { ListenIn } from "./listen-audio.js";

const box = document.getElementById("listen-in");
const part = (name) => box.querySelector(`[data-${name}]`);

const SPEAKING = {
  agent: "You are listening. The caller does not hear you.",
  you: "The caller hears you now. The agent is silent.",
  other: "You are listening. A colleague speaks with the caller.",
};
const NOT_DONE = {
  not_allowed: "Your role may listen, but not speak in a call.",
  not_yet: "Not yet: the caller has not been told that somebody may listen.",
  taken: "A colleague speaks with the caller already.",
  empty: "Write what the agent is to do.",
};
const OVER = {
  "": "You have stopped listening.",
  ended: "The call is over.",
  refused: "The caller does not want to be recorded or listened to, so you hear nothing more of this call.",
  not_told: "The caller of this call was not told that anybody may listen: it began before that was switched on.",
  not_here: "This call could not be found. It may just have ended, or another media process serves it.",
  not_allowed: "Your role does not allow this any more.",
  signed_out: "You have signed out.",
  switched_off: "Listening to running calls was switched off.",
  expired: "That took too long. Please press the button again.",
  unknown: "That took too long. Please press the button again.",
  line_failed: "The connection broke. You can listen again.",
};

let listening = null;

function say(sentence) {
  part("say").textContent = sentence;
}

function show(state) {
  box.dataset.state = state;
  part("listen").hidden = state !== "away";
  part("here").hidden = state === "away";
  for (const node of box.querySelectorAll("[data-speaks]")) node.hidden = !box.dataset.speaks;
  part("take-over").hidden = state !== "agent";
  part("hand-back").hidden = part("hang-up").hidden = state !== "you";
}

async function begin() {
  part("listen").disabled = true;
  say("Connecting…");
  try {
    const answer = await fetch(box.dataset.begin, {
      method: "POST",
      headers: { "X-CSRFToken": box.dataset.csrf, Accept: "application/json" },
    });
    const told = await answer.json();
    if (!answer.ok) say(told.error);
    else {
      listening = new ListenIn(told.url, { onTold, onLevel, onOver });
      await listening.start();
    }
  } catch {
    say("Ringtrue could not be reached. Load the page again and try once more.");
  }
  part("listen").disabled = false;
}

function onTold(told) {
  if (told.type === "joined") box.dataset.speaks = told.speaks ? "true" : "";
  else if (told.type === "speaking") {
    show(told.who);
    say(SPEAKING[told.who]);
  } else if (told.type === "whispered") {
    if (told.followed) part("words").value = "";
    say(
      told.followed
        ? "Whispered. The agent follows it from its next answer on."
        : "This agent cannot follow a whisper: it works without a language model. You can take over instead.",
    );
  } else if (told.type === "not_done") say(NOT_DONE[told.code] ?? "That was not possible.");
}

function onLevel({ caller, agent }) {
  part("level-caller").style.setProperty("--level", caller.toFixed(2));
  part("level-agent").style.setProperty("--level", agent.toFixed(2));
}

function onOver(code) {
  show("away");
  say(OVER[code] ?? "The connection ended.");
}

part("listen").addEventListener("click", begin);
part("leave").addEventListener("click", () => listening.leave());
part("whisper").addEventListener("submit", (event) => {
  event.preventDefault();
  listening.whisper(part("words").value);
});
part("take-over").addEventListener("click", async () => {
  const why = await listening.takeOver();
  if (why) say(why);
});
part("hand-back").addEventListener("click", () => listening.handBack());
part("hang-up").addEventListener("click", () => listening.hangUp());
window.addEventListener("pagehide", () => listening?.leave());
