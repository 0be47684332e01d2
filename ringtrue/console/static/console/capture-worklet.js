// The microphone as 20 ms frames of PCM16 at 16 kHz (640 bytes), posted to the page.
import { Resampler } from "./resampling.js";

const FRAME = 320;

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(sampleRate, 16000);
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
    this.muted = false;
    this.port.onmessage = (message) => {
      this.muted = message.data.muted === true;
    };
  }

  process(inputs) {
    const heard = inputs[0][0];
    if (!heard) return true;
    for (const value of this.resampler.push(heard)) {
      // A muted microphone sends silence: the line stays alive and the recording keeps its time.
      this.frame[this.filled++] = this.muted ? 0 : Math.max(-1, Math.min(1, value)) * 32767;
      if (this.filled === FRAME) {
        const whole = this.frame.buffer;
        this.port.postMessage(whole, [whole]);
        this.frame = new Int16Array(FRAME);
        this.filled = 0;
      }
    }
    return true;
  }
}

registerProcessor("ringtrue-capture", Capture);
