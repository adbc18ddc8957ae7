import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";

/** Writes fixed-size fields one after another, big-endian. */
export class FieldWriter {
  readonly #parts: Uint8Array[] = [];

  /** An unsigned integer; throws RangeError when it does not fit. */
  uint(value: number | bigint, size: number): this {
    const big = BigInt(value);
    if (big < 0n || big >> BigInt(8 * size) !== 0n)
      throw new RangeError(`${big} does not fit ${size} bytes`);
    return this.bytes(hexToBytes(big.toString(16).padStart(2 * size, "0")), size);
  }

  /** Raw bytes of an exact size. */
  bytes(value: Uint8Array, size: number): this {
    if (value.length !== size) throw new RangeError(`expected ${size} bytes, got ${value.length}`);
    this.#parts.push(value);
    return this;
  }

  /** Hexadecimal with `0x`, as the chain writes addresses. */
  hex(value: string, size: number): this {
    if (!/^0x([0-9a-fA-F]{2})*$/.test(value))
      throw new RangeError(`not hexadecimal: ${value.slice(0, 80)}`);
    return this.bytes(hexToBytes(value.slice(2)), size);
  }

  finish(): Uint8Array {
    return concatBytes(...this.#parts);
  }
}

/** Reads what {@link FieldWriter} wrote; throws RangeError at the first field that the bytes do not hold. */
export class FieldReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get offset(): number {
    return this.#offset;
  }

  bytes(size: number): Uint8Array {
    if (size > this.#bytes.length - this.#offset)
      throw new RangeError(`ends at byte ${this.#bytes.length}, inside a field`);
    this.#offset += size;
    return this.#bytes.slice(this.#offset - size, this.#offset);
  }

  big(size: number): bigint {
    return BigInt(`0x${bytesToHex(this.bytes(size))}`);
  }

  /** An unsigned integer of at most 6 bytes. */
  uint(size: number): number {
    return Number(this.big(size));
  }

  /** Lower-case hexadecimal with `0x`. */
  hex(size: number): string {
    return `0x${bytesToHex(this.bytes(size))}`;
  }
}
