/** How scalars are cut into signed digits: `windowCount` windows of `windowBits`. */
export interface Windows {
  readonly windowBits: number;
  readonly windowCount: number;
}

/**
 * The window size with the least work: a point addition for each scalar and window, and a little more than two
 * for each of the `2^(bits-1)` buckets.
 *
 * @param scalarBits Bits of the largest magnitude.
 */
export function chooseWindows(count: number, scalarBits: number): Windows {
  let best: Windows = { windowBits: 2, windowCount: 0 };
  let leastWork = Number.POSITIVE_INFINITY;
  for (let windowBits = 4; windowBits <= 17; windowBits++) {
    const windowCount = Math.ceil((scalarBits + 1) / windowBits);
    const work = windowCount * (count + 2.5 * 2 ** (windowBits - 1));
    if (work < leastWork) {
      leastWork = work;
      best = { windowBits, windowCount };
    }
  }
  return best;
}

/**
 * Adds the constant that makes unsigned windows of `scalar + constant`, minus `2^(windowBits-1)`, the signed digits of
 * `scalar`: no carry has to travel from window to window. The last window is left unsigned; it has room for the carry.
 *
 * @param words Scalars, eight 32-bit words each, lowest first; changed in place.
 */
export function addSigningConstant(words: Uint32Array, windows: Windows): void {
  const constant = signingConstant(windows);
  for (let from = 0; from < words.length; from += 8) {
    let carry = 0;
    for (let k = 0; k < 8; k++) {
      const sum = (words[from + k] as number) + (constant[k] as number) + carry;
      words[from + k] = sum;
      carry = sum > 0xffffffff ? 1 : 0;
    }
  }
}

function signingConstant({ windowBits, windowCount }: Windows): Uint32Array {
  let constant = 0n;
  for (let window = 0; window < windowCount - 1; window++) {
    constant |= 1n << BigInt(window * windowBits + windowBits - 1);
  }
  return Uint32Array.from({ length: 8 }, (_, k) =>
    Number((constant >> BigInt(32 * k)) & 0xffffffffn),
  );
}

/** Signed digits of one window of scalars that went through {@link addSigningConstant}. */
export function scalarDigits(words: Uint32Array, windows: Windows, window: number): Int32Array {
  const { windowBits, windowCount } = windows;
  const isLast = window === windowCount - 1;
  const bit = window * windowBits;
  const word = bit >>> 5;
  const shift = bit & 31;
  const mask = isLast ? 0xffffffff : 2 ** windowBits - 1;
  const offset = isLast ? 0 : 2 ** (windowBits - 1);
  const digits = new Int32Array(words.length / 8);
  for (let i = 0; i < digits.length; i++) {
    let value = (words[i * 8 + word] as number) >>> shift;
    if (shift > 0 && word < 7) value |= (words[i * 8 + word + 1] as number) << (32 - shift);
    digits[i] = ((value & mask) >>> 0) - offset;
  }
  return digits;
}

/** Signed digits of one window of small integers; the last window takes what is left, with its sign. */
export function integerDigits(
  values: Int16Array | Int32Array,
  windows: Windows,
  window: number,
): Int32Array {
  const { windowBits, windowCount } = windows;
  const half = 2 ** (windowBits - 1);
  // As above: the windows below this one, made signed, may hand a carry up.
  let rounding = 0;
  for (let lower = 0; lower < window; lower++) rounding += half * 2 ** (lower * windowBits);
  const unit = 2 ** (window * windowBits);
  const isLast = window === windowCount - 1;
  const digits = new Int32Array(values.length);
  for (let i = 0; i < digits.length; i++) {
    const rest = Math.floor(((values[i] as number) + rounding) / unit);
    digits[i] = isLast ? rest : ((rest + half) & (2 * half - 1)) - half;
  }
  return digits;
}
