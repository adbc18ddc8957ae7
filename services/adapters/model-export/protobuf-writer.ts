import { varint } from "multiformats";

/** Bytes of one protobuf message: fields appended one after another. */
export type Message = readonly Uint8Array[];

/** A field holding an unsigned integer (int32, int64, enum). */
export function integerField(number: number, value: number): Uint8Array {
  return joined([encodeVarint(number * 8), encodeVarint(value)]);
}

/** A field holding bytes, text or a message. */
export function bytesField(number: number, value: Uint8Array | string | Message): Uint8Array {
  const bytes =
    typeof value === "string"
      ? new TextEncoder().encode(value)
      : value instanceof Uint8Array
        ? value
        : joined(value);
  return joined([encodeVarint(number * 8 + 2), encodeVarint(bytes.length), bytes]);
}

/** Joins byte strings. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function encodeVarint(value: number): Uint8Array {
  return varint.encodeTo(value, new Uint8Array(varint.encodingLength(value)));
}
