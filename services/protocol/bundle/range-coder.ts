/**
 * An adaptive binary range coder: carry-propagating 32-bit range and 11-bit probabilities that move by 1/32 a decision,
 * as in LZMA (Igor Pavlov, public domain). It spends what a decision's probability is worth in bits, without tables in the file.
 */

const PROBABILITY_BITS = 11;
const ADAPTATION_SHIFT = 5;
const SMALLEST_RANGE = 2 ** 24;

/** A set of adaptive probabilities, all undecided at first. */
export function newModel(size: number): Uint16Array {
  return new Uint16Array(size).fill(1 << (PROBABILITY_BITS - 1));
}

/** Writes decisions; see {@link RangeDecoder} for the reader that must make the same ones. */
export class RangeEncoder {
  #bytes: Uint8Array = new Uint8Array(4096);
  #length = 0;
  #low = 0;
  #range = 0xffffffff;
  #cache = 0;
  #pending = 1;

  /** Writes one decision under the probability `model[index]`, which adapts. */
  bit(model: Uint16Array, index: number, bit: number): void {
    const probability = model[index] as number;
    const bound = (this.#range >>> PROBABILITY_BITS) * probability;
    if (bit === 0) {
      this.#range = bound;
      model[index] = probability + (((1 << PROBABILITY_BITS) - probability) >> ADAPTATION_SHIFT);
    } else {
      this.#low += bound;
      this.#range -= bound;
      model[index] = probability - (probability >> ADAPTATION_SHIFT);
    }
    while (this.#range < SMALLEST_RANGE) this.#shift();
  }

  /** Writes the low `count` (at most 16) bits of `value` at equal odds. */
  direct(value: number, count: number): void {
    if (count === 0) return;
    this.#range = Math.floor(this.#range / 2 ** count);
    this.#low += this.#range * value;
    while (this.#range < SMALLEST_RANGE) this.#shift();
  }

  /** Ends the code and returns its bytes. */
  finish(): Uint8Array {
    for (let index = 0; index < 5; index++) this.#shift();
    // The first byte written is always zero: it only holds a place for a carry that cannot come.
    return this.#bytes.slice(1, this.#length);
  }

  #shift(): void {
    this.#range = (this.#range * 256) >>> 0;
    const carry = this.#low >= 2 ** 32 ? 1 : 0;
    if (this.#low < 0xff000000 || carry === 1) {
      let byte = this.#cache;
      do {
        this.#write((byte + carry) & 0xff);
        byte = 0xff;
      } while (--this.#pending > 0);
      this.#cache = Math.floor(this.#low / SMALLEST_RANGE) & 0xff;
    }
    this.#pending++;
    this.#low = (this.#low % SMALLEST_RANGE) * 256;
  }

  #write(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const grown = new Uint8Array(this.#length * 2);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes[this.#length++] = byte;
  }
}

/** Reads what {@link RangeEncoder} wrote. Reading past the end gives zeros; ask {@link isExhausted} at the end. */
export class RangeDecoder {
  readonly #bytes: Uint8Array;
  #offset = 0;
  #code = 0;
  #range = 0xffffffff;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    for (let index = 0; index < 4; index++) this.#code = this.#code * 256 + this.#next();
  }

  /** Reads one decision under the probability `model[index]`, which adapts. */
  bit(model: Uint16Array, index: number): number {
    const probability = model[index] as number;
    const bound = (this.#range >>> PROBABILITY_BITS) * probability;
    let bit = 0;
    if (this.#code < bound) {
      this.#range = bound;
      model[index] = probability + (((1 << PROBABILITY_BITS) - probability) >> ADAPTATION_SHIFT);
    } else {
      this.#code -= bound;
      this.#range -= bound;
      model[index] = probability - (probability >> ADAPTATION_SHIFT);
      bit = 1;
    }
    while (this.#range < SMALLEST_RANGE) this.#shift();
    return bit;
  }

  /** Reads `count` (at most 16) bits at equal odds. */
  direct(count: number): number {
    if (count === 0) return 0;
    this.#range = Math.floor(this.#range / 2 ** count);
    const value = Math.min(Math.floor(this.#code / this.#range), 2 ** count - 1);
    this.#code -= value * this.#range;
    while (this.#range < SMALLEST_RANGE) this.#shift();
    return value;
  }

  /** True when exactly the code's bytes were read: neither was it cut off nor does anything follow it. */
  isExhausted(): boolean {
    return this.#offset === this.#bytes.length;
  }

  #shift(): void {
    this.#range = (this.#range * 256) >>> 0;
    this.#code = this.#code * 256 + this.#next();
    // A code that no encoder writes could leave its range; bounded here, it decodes to garbage that the commitment refuses.
    if (this.#code > 0xffffffff) this.#code %= 2 ** 32;
  }

  #next(): number {
    return this.#bytes[this.#offset++] ?? 0;
  }
}
