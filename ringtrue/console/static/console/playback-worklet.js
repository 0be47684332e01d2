// Plays PCM16 as it comes, at 16 kHz or the `rate` of the processor's options. After silence or a gap it waits for 60 ms of sound first, so that an uneven network does not
// chop a sentence; `clear` throws away what has not been heard yet (the caller interrupts).
import { Resampler } from "./resampling.js";

const WAIT = 0.06; // seconds
const LONGEST_WAIT = 0.32; // on a network or machine that chops, more sound is gathered before playing goes on
const CHOP = 0.3; // sound that comes again this soon after it ran out was late, not a new sentence
const LONGEST = 20; // seconds held; what comes beyond is dropped

class Playback extends AudioWorkletProcessor {
  constructor(options) {
    super();
    this.rate = options.processorOptions?.rate ?? 16000;
    this.resampler = new Resampler(this.rate, sampleRate);
    this.ring = new Float32Array(Math.ceil(sampleRate * LONGEST));
    this.read = 0;
    this.written = 0;
    this.playing = false;
    this.idle = 0;
    this.wait = WAIT;
    this.ranOut = -1;
    this.port.onmessage = (message) => {
      if (message.data === "clear") this.clear();
      else this.take(new Int16Array(message.data));
    };
  }

  clear() {
    this.read = this.written;
    this.playing = false;
    this.resampler = new Resampler(this.rate, sampleRate);
  }

  take(pcm) {
    if (!this.playing && this.read === this.written && this.ranOut >= 0) {
      const late = currentTime - this.ranOut < CHOP;
      this.wait = late ? Math.min(LONGEST_WAIT, this.wait * 2) : Math.max(WAIT, this.wait * 0.8);
      this.ranOut = -1;
    }
    const sound = Float32Array.from(pcm, (value) => value / 32768);
    for (const value of this.resampler.push(sound)) {
      if (this.written - this.read >= this.ring.length) return;
      this.ring[this.written++ % this.ring.length] = value;
    }
  }

  process(_, outputs) {
    const out = outputs[0][0];
    const waiting = this.written - this.read;
    // A short last piece is never left lying: a little after the wait it is played, however little it is.
    this.idle = waiting > 0 && !this.playing ? this.idle + out.length : 0;
    if (!this.playing && (waiting >= this.wait * sampleRate || this.idle > (this.wait + 0.04) * sampleRate)) this.playing = true;
    for (let i = 0; i < out.length; i++) {
      out[i] = this.playing && this.read < this.written ? this.ring[this.read++ % this.ring.length] : 0;
    }
    if (this.playing && this.read === this.written) {
      this.playing = false;
      this.ranOut = currentTime;
    }
    return true;
  }
}

registerProcessor("ringtrue-playback", Playback);
