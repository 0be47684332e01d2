// The player and the transcript follow each other. Waves come from the server, so the audio is only loaded when it is played.
import WaveSurfer from "../vendor/wavesurfer.esm.js";

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const faint = (name) => `color-mix(in oklab, ${colour(name)} 38%, ${colour("--color-base-100")})`;

async function start(box) {
  const trouble = document.querySelector("[data-player-trouble]");
  const lines = [...document.querySelectorAll("#lines .line")];
  const button = box.querySelector("[data-play]");
  let held;
  try {
    const answer = await fetch(box.dataset.peaks, { credentials: "same-origin" });
    if (!answer.ok) throw new Error("no peaks");
    held = await answer.json();
  } catch {
    trouble.hidden = false;
    return;
  }
  if (!held.peaks.length) {
    trouble.hidden = false;
    return;
  }
  const loudest = Math.max(0.05, ...held.peaks[0], ...held.peaks[1]);
  const wave = WaveSurfer.create({
    container: box.querySelector("[data-wave]"),
    url: box.dataset.audio,
    peaks: held.peaks.map((channel) => channel.map((value) => value / loudest)),
    duration: Number(box.dataset.duration) / 1000 || undefined,
    height: 56,
    barWidth: 2,
    barGap: 1.5,
    barRadius: 2,
    cursorColor: colour("--color-base-content"),
    cursorWidth: 1.5,
    splitChannels: [
      { waveColor: faint("--caller"), progressColor: colour("--caller") },
      { waveColor: faint("--agent"), progressColor: colour("--agent") },
    ],
  });

  const showPlaying = (playing) => {
    button.setAttribute("aria-label", playing ? "Pause" : "Play");
    box.querySelector("[data-icon-play]").hidden = playing;
    box.querySelector("[data-icon-pause]").hidden = !playing;
  };
  let current = null;
  const follow = (seconds) => {
    box.querySelector("[data-now]").textContent = clock(seconds);
    const ms = seconds * 1000;
    const line = lines.findLast((one) => Number(one.dataset.start) <= ms + 60) ?? null;
    if (line === current) return;
    current?.classList.remove("now");
    current?.removeAttribute("aria-current");
    current = line;
    if (!line) return;
    line.classList.add("now");
    line.setAttribute("aria-current", "true");
    if (wave.isPlaying()) line.scrollIntoView({ block: "nearest", behavior: "smooth" });
  };

  button.addEventListener("click", () => wave.playPause());
  wave.on("play", () => showPlaying(true));
  wave.on("pause", () => showPlaying(false));
  wave.on("finish", () => showPlaying(false));
  wave.on("timeupdate", follow);
  wave.on("seeking", follow);
  wave.on("ready", (length) => {
    box.querySelector("[data-length]").textContent = clock(length);
    box.dataset.ready = "true";
    const place = Number(/^#at=(\d+)$/.exec(location.hash)?.[1]); // a link to what was said: milliseconds
    if (place) wave.setTime(place / 1000);
  });
  wave.on("error", () => (trouble.hidden = false));
  box.querySelector("[data-speed]").addEventListener("change", (event) => wave.setPlaybackRate(Number(event.target.value), true));
  for (const line of lines) {
    line.addEventListener("click", () => {
      wave.setTime(Number(line.dataset.start) / 1000);
      follow(Number(line.dataset.start) / 1000);
      wave.play().catch(() => {});
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === " " && event.target === document.body) {
      event.preventDefault();
      wave.playPause();
    }
  });
}

const box = document.getElementById("player");
if (box) start(box);
const said = /^#at=(\d+)$/.exec(location.hash)?.[1];
if (said) document.querySelector(`.line[data-start="${said}"]`)?.scrollIntoView({ block: "center" });

// A call that was going on when the page was opened: when it ends, the page shows the whole record.
document.querySelector("[data-reload-when-ended]")?.addEventListener("htmx:sseClose", (event) => {
  if (event.detail?.type === "message") setTimeout(() => location.reload(), 800);
});
