// A call from a page: the microphone to our media process and back, over one websocket.
//
//   import { RingtrueCall } from "/static/console/call-audio.js";
//   const call = new RingtrueCall("ws://…/browser?ticket=…", { onEvent, onState, onLevel });
//   await call.start();
//
// onState(state, detail): "connecting" | "live" | "ended" (detail: reason) | "refused" (detail: code) | "failed" (detail: sentence)
//   | "no_microphone" (detail: sentence). The last state is one of the last four, once.
// onEvent(event): each event of the call as it happens: {kind: "heard" | "said" | …, at_ms, …}.
// onLevel({caller, agent}): loudness 0..1, about 15 times a second.

const HERE = new URL(".", import.meta.url);

export class RingtrueCall {
  constructor(url, { onEvent = () => {}, onState = () => {}, onLevel = () => {} } = {}) {
    this.url = url;
    this.onEvent = onEvent;
    this.onState = onState;
    this.onLevel = onLevel;
    this.state = "new";
    this.reason = "";
    this.muted = false;
  }

  async start() {
    this.become("connecting");
    try {
      this.microphone = await openMicrophone();
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
    this.openSocket();
  }

  hangUp() {
    // The agent's side answers with the last events and closes; where it does not, the call is over here all the same.
    this.tell({ type: "hang_up" });
    this.reason = "caller_hung_up";
    this.microphone?.getTracks().forEach((track) => track.stop());
    this.playback?.port.postMessage("clear");
    setTimeout(() => this.finish("ended", "caller_hung_up"), 3000);
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
    const source = context.createMediaStreamSource(this.microphone);
    this.capture = new AudioWorkletNode(context, "ringtrue-capture", { numberOfOutputs: 1, outputChannelCount: [1] });
    this.playback = new AudioWorkletNode(context, "ringtrue-playback", { numberOfInputs: 0, outputChannelCount: [1] });
    this.hearing = context.createAnalyser();
    this.speaking = context.createAnalyser();
    source.connect(this.hearing);
    source.connect(this.capture);
    this.capture.connect(context.destination); // silent, but without it some browsers do not run the worklet
    this.playback.connect(this.speaking);
    this.speaking.connect(context.destination);
    this.capture.port.onmessage = (message) => this.send(message.data);
    await context.resume();
  }

  measure() {
    this.onLevel({ caller: this.muted ? 0 : loudness(this.hearing), agent: loudness(this.speaking) });
  }

  // Socket

  openSocket() {
    const socket = (this.socket = new WebSocket(this.url));
    socket.binaryType = "arraybuffer";
    socket.onmessage = (message) => {
      if (typeof message.data === "string") this.heed(JSON.parse(message.data));
      else this.playback.port.postMessage(message.data, [message.data]);
    };
    socket.onclose = () => {
      if (this.state === "live") this.finish("ended", this.reason || "line_failed");
      else this.finish("failed", "The connection to the agent could not be made.");
    };
  }

  heed(control) {
    if (control.type === "started") this.become("live");
    else if (control.type === "clear") this.playback.port.postMessage("clear");
    else if (control.type === "event") this.onEvent(control.event);
    else if (control.type === "ended") this.reason = control.reason;
    else if (control.type === "refused") this.finish("refused", control.code);
  }

  send(frame) {
    // A socket that does not drain (a dead network) is not filled without end: half a second at most.
    if (this.state === "live" && this.socket?.readyState === WebSocket.OPEN && this.socket.bufferedAmount < 16000) {
      this.socket.send(frame);
    }
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
    if (["ended", "refused", "failed", "no_microphone"].includes(this.state)) return;
    this.become(state, detail);
    clearInterval(this.levels);
    this.microphone?.getTracks().forEach((track) => track.stop());
    // The goodbye that is still in the buffer is heard to its end.
    const context = this.context;
    setTimeout(() => context?.close(), state === "ended" && detail !== "caller_hung_up" ? 2000 : 0);
    if (this.socket && this.socket.readyState <= WebSocket.OPEN) this.socket.close(1000);
  }
}

export function openMicrophone() {
  return navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
  });
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
