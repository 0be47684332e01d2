// A call from a page: the microphone to our media process and back, over one websocket, and over a new one where the network breaks.
//
//   import { RingtrueCall } from "/static/console/call-audio.js";
//   const call = new RingtrueCall("ws://…/browser?ticket=…", { onEvent, onState, onLevel });
//   await call.start();
//
// Instead of the address a function may be given that gets one (or a promise of one) when the microphone is there; what it throws is said.
// onState(state, detail): "connecting" | "live" | "lost" (the network broke; it is tried again, then "live" or the end)
//   | "ended" (detail: reason) | "refused" (detail: code) | "failed" (detail: sentence) | "no_microphone" (detail: sentence).
//   The last state is one of the last four, once.
// onEvent(event): each event of the call as it happens: {kind: "heard" | "said" | …, at_ms, …}.
// onLevel({caller, agent}): loudness 0..1, about 15 times a second.
// onDevices({microphones, speakers}): [{id, label}], when they are known and whenever one is plugged in or out. No speakers: the browser
//   does not let a page choose.

const HERE = new URL(".", import.meta.url);
const RESUME_FOR = 20000; // ms; as long as the media process waits (voice/lines/browser/resuming.py)
const TRY_EVERY = 500; // ms
const TRY_FOR = 3000; // ms: one attempt in a network that answers nothing
const STUCK_FOR = 2000; // ms without a byte of ours going out
const BROKEN = 4000; // close code: not a hang-up
const OVER = ["ended", "refused", "failed", "no_microphone"];

export class RingtrueCall {
  constructor(address, { onEvent = () => {}, onState = () => {}, onLevel = () => {}, onDevices = () => {} } = {}) {
    this.address = address;
    Object.assign(this, { onEvent, onState, onLevel, onDevices });
    this.state = "new";
    this.reason = "";
    this.muted = false;
    this.chosen = { microphone: "", speaker: "" }; // ids of devices; "": the browser's own choice
    this.resume = ""; // what lets another connection carry this call on
    this.got = this.events = 0; // bytes of sound and events that came, so that nothing is sent twice or never
  }

  async start() {
    this.become("connecting");
    try {
      this.microphone = await openMicrophone(this.chosen.microphone);
    } catch (problem) {
      this.finish("no_microphone", microphoneSentence(problem));
      return;
    }
    try {
      await this.openAudio();
    } catch {
      this.finish("failed", "This browser could not open its audio.");
      return;
    }
    this.watchDevices();
    await this.openSocket();
  }

  hangUp() {
    // The agent's side answers with the last events and closes; where it does not, the call is over here all the same.
    this.tell({ type: "hang_up" });
    this.reason = "caller_hung_up";
    this.microphone?.getTracks().forEach((track) => track.stop());
    this.playback?.port.postMessage("clear");
    setTimeout(() => this.finish("ended", "caller_hung_up"), this.state === "lost" ? 0 : 3000);
  }

  sendDigits(digits) {
    this.tell({ type: "digits", digits: String(digits) });
  }

  mute(muted = !this.muted) {
    this.muted = muted;
    this.capture?.port.postMessage({ muted });
    return muted;
  }

  // Audio

  async openAudio() {
    try {
      await this.openContext({ sampleRate: 16000 });
    } catch {
      await this.openContext({}); // the worklets resample
    }
    this.levels = setInterval(() => this.measure(), 66);
  }

  async openContext(options) {
    this.context?.close();
    const context = (this.context = new AudioContext({ latencyHint: "interactive", ...options }));
    await context.audioWorklet.addModule(new URL("capture-worklet.js", HERE));
    await context.audioWorklet.addModule(new URL("playback-worklet.js", HERE));
    this.capture = new AudioWorkletNode(context, "ringtrue-capture", { numberOfOutputs: 1, outputChannelCount: [1] });
    this.playback = new AudioWorkletNode(context, "ringtrue-playback", { numberOfInputs: 0, outputChannelCount: [1] });
    this.hearing = context.createAnalyser();
    this.speaking = context.createAnalyser();
    this.connectMicrophone();
    this.capture.connect(context.destination); // silent, but without it some browsers do not run the worklet
    this.playback.connect(this.speaking);
    this.speaking.connect(context.destination);
    this.capture.port.onmessage = (message) => this.send(message.data);
    if (this.chosen.speaker) await context.setSinkId?.(this.chosen.speaker);
    await context.resume();
  }

  connectMicrophone() {
    this.source?.disconnect();
    this.source = this.context.createMediaStreamSource(this.microphone);
    this.source.connect(this.hearing);
    this.source.connect(this.capture);
    // One that was plugged out in the call: the browser's own choice takes its place.
    this.microphone.getAudioTracks()[0].onended = () => this.useMicrophone("").catch(() => {});
  }

  // Devices

  async watchDevices() {
    const look = async () => this.onDevices(await devices());
    this.devicesChanged = look;
    navigator.mediaDevices.addEventListener?.("devicechange", look);
    await look();
  }

  async useMicrophone(id) {
    this.chosen.microphone = id;
    if (!this.context || OVER.includes(this.state)) return;
    const before = this.microphone;
    this.microphone = await openMicrophone(id);
    this.connectMicrophone();
    before.getTracks().forEach((track) => track.stop());
  }

  async useSpeaker(id) {
    this.chosen.speaker = id;
    await this.context?.setSinkId?.(id);
  }

  measure() {
    this.onLevel({ caller: this.muted ? 0 : loudness(this.hearing), agent: loudness(this.speaking) });
  }

  // Socket

  async openSocket() {
    try {
      this.url = new URL(typeof this.address === "function" ? await this.address() : this.address);
    } catch (problem) {
      this.finish("failed", problem.message);
      return;
    }
    this.url.searchParams.set("resumable", "1");
    this.whenOffline = () => this.breakOff();
    window.addEventListener("offline", this.whenOffline);
    this.connect(this.url);
  }

  connect(address) {
    const socket = (this.socket = new WebSocket(address));
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => {
      if (socket !== this.socket) return;
      if (typeof data === "string") this.heed(JSON.parse(data));
      else {
        this.got += data.byteLength;
        this.playback.port.postMessage(data, [data]);
      }
    };
    socket.onclose = () => socket === this.socket && this.dropped();
    return socket;
  }

  dropped() {
    if (this.reason) this.finish("ended", this.reason);
    else if (this.resume && ["live", "lost"].includes(this.state)) this.tryAgain();
    else if (this.state === "live") this.finish("ended", "line_failed");
    else this.finish("failed", "The connection to the agent could not be made.");
  }

  breakOff() {
    const socket = this.socket;
    this.socket = null;
    socket?.close(BROKEN);
    this.dropped();
  }

  tryAgain() {
    const now = performance.now();
    if (this.state !== "lost") {
      this.lostAt = now;
      this.become("lost");
    }
    if (now - this.lostAt > RESUME_FOR) {
      this.finish("ended", "line_failed");
      return;
    }
    setTimeout(() => {
      if (this.state !== "lost") return;
      const again = new URL(this.url);
      again.search = new URLSearchParams({ resume: this.resume, got: this.got, events: this.events });
      const socket = this.connect(again);
      setTimeout(() => socket === this.socket && this.state === "lost" && this.breakOff(), TRY_FOR);
    }, TRY_EVERY);
  }

  heed(control) {
    if (control.type === "started") {
      this.resume = control.resume ?? "";
      this.become("live");
    } else if (control.type === "resumed") {
      this.got = 0;
      this.become("live");
    } else if (control.type === "clear") this.playback.port.postMessage("clear");
    else if (control.type === "event") {
      this.events += 1;
      this.onEvent(control.event);
    } else if (control.type === "ended") this.reason = control.reason;
    else if (control.type === "refused") {
      if (this.state === "lost") this.finish("ended", "line_failed");
      else this.finish("refused", control.code);
    }
  }

  send(frame) {
    if (this.state !== "live" || this.socket?.readyState !== WebSocket.OPEN) return;
    // A socket that does not drain (a dead network) is not filled without end: half a second at most, and then it is given up.
    if (this.socket.bufferedAmount < 16000) {
      this.wentOut = performance.now();
      this.socket.send(frame);
    } else if (this.resume && performance.now() - this.wentOut > STUCK_FOR) this.breakOff();
  }

  tell(control) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(control));
  }

  // State

  become(state, detail = "") {
    this.state = state;
    this.onState(state, detail);
  }

  finish(state, detail) {
    if (OVER.includes(this.state)) return;
    this.become(state, detail);
    window.removeEventListener("offline", this.whenOffline);
    navigator.mediaDevices?.removeEventListener?.("devicechange", this.devicesChanged);
    clearInterval(this.levels);
    this.microphone?.getTracks().forEach((track) => track.stop());
    // The goodbye that is still in the buffer is heard to its end.
    const context = this.context;
    setTimeout(() => context?.close(), state === "ended" && detail !== "caller_hung_up" ? 2000 : 0);
    if (this.socket && this.socket.readyState <= WebSocket.OPEN) this.socket.close(1000);
  }
}

export function openMicrophone(id = "") {
  const kept = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
  return navigator.mediaDevices.getUserMedia({ audio: id ? { ...kept, deviceId: { exact: id } } : kept });
}

export async function devices() {
  const all = await navigator.mediaDevices.enumerateDevices();
  const of = (kind) => all.filter((one) => one.kind === kind && one.deviceId).map((one) => ({ id: one.deviceId, label: one.label }));
  return { microphones: of("audioinput"), speakers: "setSinkId" in AudioContext.prototype ? of("audiooutput") : [] };
}

export function loudness(analyser) {
  if (!analyser) return 0;
  const samples = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(samples);
  const power = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
  return Math.min(1, Math.sqrt(power) * 4);
}

export function microphoneSentence(problem) {
  if (problem?.name === "NotAllowedError") return "The microphone may not be used. Allow it for this page and try again.";
  if (problem?.name === "NotFoundError") return "No microphone was found.";
  if (!navigator.mediaDevices) return "Browsers give the microphone only to pages on https or on localhost.";
  return "The microphone could not be opened.";
}
