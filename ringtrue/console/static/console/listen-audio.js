// A member of the business in a running call, from a page: they hear both sides, whisper to the agent, and may speak in its place.
// What goes over the websocket stands in ringtrue/voice/lines/browser/member.py.
//
//   const listening = new ListenIn("ws://…/member?ticket=…", { onTold, onLevel, onOver });
//   await listening.start();               // in a click: browsers play sound only after one
//   await listening.takeOver();            // asks for the microphone first; "" or a sentence that says why not
//
// onTold(message): "joined", "speaking", "whispered", "not_done". onLevel({caller, agent}): 0..1. onOver(code): once.
import { loudness, microphoneSentence, openMicrophone } from "./call-audio.js";

const HERE = new URL(".", import.meta.url);
const SIDES = ["caller", "agent"];

export class ListenIn {
  constructor(url, { onTold = () => {}, onLevel = () => {}, onOver = () => {} } = {}) {
    this.url = url;
    this.onTold = onTold;
    this.onLevel = onLevel;
    this.onOver = onOver;
    this.over = false;
    this.speaking = false;
    this.sides = {};
  }

  async start() {
    this.context = new AudioContext({ latencyHint: "interactive" });
    await this.context.audioWorklet.addModule(new URL("playback-worklet.js", HERE));
    await this.context.audioWorklet.addModule(new URL("capture-worklet.js", HERE));
    await this.context.resume();
    const socket = (this.socket = new WebSocket(this.url));
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => (typeof data === "string" ? this.heed(JSON.parse(data)) : this.play(data));
    socket.onclose = () => this.finish("line_failed");
    this.levels = setInterval(() => this.measure(), 66);
  }

  leave() {
    this.finish("");
  }

  whisper(text) {
    this.tell({ type: "whisper", text });
  }

  async takeOver() {
    if (!this.microphone) {
      try {
        this.microphone = await openMicrophone();
      } catch (problem) {
        return microphoneSentence(problem);
      }
      if (this.over) return this.stopMicrophone();
      this.capture = new AudioWorkletNode(this.context, "ringtrue-capture", { numberOfOutputs: 1, outputChannelCount: [1] });
      this.capture.port.onmessage = ({ data }) => this.send(data);
      this.context.createMediaStreamSource(this.microphone).connect(this.capture);
      this.capture.connect(this.context.destination); // silent, but without it some browsers do not run the worklet
    }
    this.tell({ type: "take_over" });
    return "";
  }

  handBack() {
    this.tell({ type: "hand_back" });
  }

  hangUp() {
    this.tell({ type: "hang_up" });
  }

  // From the call.

  heed(told) {
    if (told.type === "joined") this.openSides(told.sample_rate);
    else if (told.type === "clear") this.sides.agent?.node.port.postMessage("clear");
    else if (told.type === "left" || told.type === "refused") this.finish(told.code);
    else if (told.type === "speaking") {
      this.speaking = told.who === "you";
      if (!this.speaking) this.stopMicrophone();
    }
    if (!this.over) this.onTold(told);
  }

  openSides(rate) {
    for (const side of SIDES) {
      const node = new AudioWorkletNode(this.context, "ringtrue-playback", {
        numberOfInputs: 0,
        outputChannelCount: [1],
        processorOptions: { rate },
      });
      const level = this.context.createAnalyser();
      node.connect(level);
      level.connect(this.context.destination);
      this.sides[side] = { node, level };
    }
  }

  play(message) {
    const side = this.sides[SIDES[new Uint8Array(message)[0]]];
    const pcm = message.slice(1);
    side?.node.port.postMessage(pcm, [pcm]);
  }

  measure() {
    this.onLevel({ caller: loudness(this.sides.caller?.level), agent: loudness(this.sides.agent?.level) });
  }

  // To the call.

  send(frame) {
    // A socket that does not drain (a dead network) is not filled without end: a quarter of a second at most.
    if (this.speaking && this.socket.readyState === WebSocket.OPEN && this.socket.bufferedAmount < 8000) this.socket.send(frame);
  }

  tell(control) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(control));
  }

  stopMicrophone() {
    this.microphone?.getTracks().forEach((track) => track.stop());
    this.capture?.disconnect();
    this.microphone = this.capture = null;
    return "";
  }

  finish(code) {
    if (this.over) return;
    this.over = true;
    clearInterval(this.levels);
    this.stopMicrophone();
    this.context?.close();
    if (this.socket && this.socket.readyState <= WebSocket.OPEN) this.socket.close(1000);
    this.onOver(code);
  }
}
