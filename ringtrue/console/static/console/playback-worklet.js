// Plays PCM16 at 16 kHz as it comes. After silence or a gap it waits for 60 ms of sound first, so that an uneven network does not
// chop a sentence; `clear` throws away what has not been heard yet (the caller interrupts).
import { Resampler } from "./resampling.js";

const WAIT = 0.06; // seconds
const LONGEST = 20; // seconds held; what comes beyond is dropped

class Playback extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(16000, sampleRate);
    this.ring = new Float32Array(Math.ceil(sampleRate * LONGEST));
    this.read = 0;
    this.written = 0;
    this.playing = false;
    this.idle = 0;
    this.port.onmessage = (message) => {
      if (message.data === "clear") this.clear();
      else this.take(new Int16Array(message.data));
    };
  }

  clear() {
    this.read = this.written;
    this.playing = false;
    this.resampler = new Resampler(16000, sampleRate);
  }

  take(pcm) {
    const sound = Float32Array.from(pcm, (value) => value / 32768);
    for (const value of this.resampler.push(sound)) {
      if (this.written - this.read >= this.ring.length) return;
      this.ring[this.written++ % this.ring.length] = value;
    }
  }

  process(_, outputs) {
    const out = outputs[0][0];
    const waiting = this.written - this.read;
    // A short last piece is never left lying: after 100 ms it is played, however little it is.
    this.idle = waiting > 0 && !this.playing ? this.idle + out.length : 0;
    if (!this.playing && (waiting >= WAIT * sampleRate || this.idle > 0.1 * sampleRate)) this.playing = true;
    for (let i = 0; i < out.length; i++) {
      out[i] = this.playing && this.read < this.written ? this.ring[this.read++ % this.ring.length] : 0;
    }
    if (this.read === this.written) this.playing = false;
    return true;
  }
}

registerProcessor("ringtrue-playback", Playback);
