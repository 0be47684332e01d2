// A small streaming resampler for browsers that cannot run an AudioContext at 16 kHz with a microphone (Firefox).
// Windowed sinc, 16 taps on each side, cut off at 90 % of the lower Nyquist frequency; about 1 ms of delay at 48 kHz.

export class Resampler {
  constructor(from, to) {
    this.step = from / to;
    this.cut = Math.min(1, to / from) * 0.9;
    this.half = Math.ceil(16 / Math.min(1, to / from));
    this.past = new Float32Array(0);
    this.at = this.half;
    this.same = from === to;
  }

  push(input) {
    if (this.same) return input;
    const all = new Float32Array(this.past.length + input.length);
    all.set(this.past);
    all.set(input, this.past.length);
    const out = [];
    while (this.at + this.half < all.length) {
      out.push(this.sample(all, this.at));
      this.at += this.step;
    }
    const drop = Math.max(0, Math.floor(this.at) - this.half);
    this.past = all.slice(drop);
    this.at -= drop;
    return Float32Array.from(out);
  }

  sample(all, at) {
    const middle = Math.floor(at);
    let sum = 0;
    for (let i = middle - this.half + 1; i <= middle + this.half; i++) {
      const x = at - i;
      const window = 0.5 + 0.5 * Math.cos((Math.PI * x) / (this.half + 1));
      const angle = Math.PI * x * this.cut;
      const sinc = angle === 0 ? 1 : Math.sin(angle) / angle;
      sum += (all[i] || 0) * sinc * this.cut * window;
    }
    return sum;
  }
}
