import type { RandomBytes } from "../protocol/scalar.ts";

/** Numbers in `[0, 1)`: seeded for what must repeat, from the system for what must stay secret. */
export type RandomSource = () => number;

/** 128 bits of state from a text: four rounds of a multiply-and-rotate mix, integers only. */
function seedState(seed: string): [number, number, number, number] {
  let [a, b, c, d] = [1779033703, 3144134277, 1013904242, 2773480762];
  for (let i = 0; i < seed.length; i++) {
    const code = seed.charCodeAt(i);
    a = b ^ Math.imul(a ^ code, 597399067);
    b = c ^ Math.imul(b ^ code, 2869860233);
    c = d ^ Math.imul(c ^ code, 951274213);
    d = a ^ Math.imul(d ^ code, 2716044179);
  }
  a = Math.imul(c ^ (a >>> 18), 597399067);
  b = Math.imul(d ^ (b >>> 22), 2869860233);
  c = Math.imul(a ^ (c >>> 17), 951274213);
  d = Math.imul(b ^ (d >>> 19), 2716044179);
  return [(a ^ b ^ c ^ d) | 0, (b ^ a) | 0, (c ^ a) | 0, (d ^ a) | 0];
}

/**
 * Repeatable random numbers: generator sfc32, 32-bit integer arithmetic, so the same on every machine. Not for secrets.
 *
 * @param seed Any text; different streams of one experiment use different texts ("seed/trainer/3").
 */
export function seededRandom(seed: string): RandomSource {
  let [a, b, c, d] = seedState(seed);
  const next = () => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 20; i++) next();
  return () => next() / 4294967296;
}

/** Unpredictable bytes from the system, for noise and dither that nobody may reproduce. */
export function secureBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  // The Web Crypto API gives at most 65,536 bytes at once.
  for (let from = 0; from < length; from += 65_536) {
    crypto.getRandomValues(bytes.subarray(from, Math.min(length, from + 65_536)));
  }
  return bytes;
}

/** Repeatable bytes, for simulations and tests. Not for secrets. */
export function seededBytes(seed: string): RandomBytes {
  const random = seededRandom(seed);
  return (length) => {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i += 4) {
      const word = Math.floor(random() * 4294967296);
      for (let k = 0; k < 4 && i + k < length; k++) bytes[i + k] = word >>> (8 * k);
    }
    return bytes;
  };
}

/** Uniform numbers with 53 bits from random bytes. */
export function uniformRandom(randomBytes: RandomBytes): RandomSource {
  let words: DataView = new DataView(new ArrayBuffer(0));
  let used = 0;
  return () => {
    if (used >= words.byteLength) {
      const bytes = randomBytes(8192);
      words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      used = 0;
    }
    const high = words.getUint32(used) >>> 5;
    const low = words.getUint32(used + 4) >>> 6;
    used += 8;
    return (high * 67108864 + low) / 9007199254740992;
  };
}

/** Two independent standard normal numbers at a time (polar method of Marsaglia), from uniform ones. */
export function normalRandom(uniform: RandomSource): RandomSource {
  let spare: number | null = null;
  return () => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      spare = y * factor;
      return x * factor;
    }
  };
}

/** A gamma-distributed number (Marsaglia and Tsang 2000), for Dirichlet partitions. */
export function gammaRandom(shape: number, uniform: RandomSource, normal: RandomSource): number {
  if (shape < 1) {
    const boosted = gammaRandom(shape + 1, uniform, normal);
    return boosted * (1 - uniform()) ** (1 / shape);
  }
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal();
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** A new random order of `0 .. length-1` (Fisher and Yates). */
export function shuffledIndices(length: number, uniform: RandomSource): Int32Array {
  const indices = Int32Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    const held = indices[i] as number;
    indices[i] = indices[j] as number;
    indices[j] = held;
  }
  return indices;
}
