import { CommonweightError } from "../errors.ts";
import { safetensorsErrors } from "./safetensors-errors.ts";

/** Bytes of one entry of each number format. */
const DTYPE_BYTES = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
} as const;

/** A number format of safetensors. */
export type SafetensorsDtype = keyof typeof DTYPE_BYTES;

/** A named tensor with its bytes, little-endian, row-major. */
export interface Tensor {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** A file's content: tensors in the order of their bytes, and free text by key. */
export interface SafetensorsFile {
  readonly tensors: readonly Tensor[];
  readonly metadata: Readonly<Record<string, string>>;
}

const LENGTH_BYTES = 8;
const ALIGNMENT = 8;
/** Larger headers exist only to exhaust memory: 10,000 tensors take about 1 MB. */
const MAX_HEADER_BYTES = 4 * 1024 * 1024;
const MAX_TENSORS = 10_000;
const MAX_RANK = 16;
const METADATA_KEY = "__metadata__";

function fail(kind: keyof typeof safetensorsErrors, reason: string, cause?: unknown): never {
  throw new CommonweightError(safetensorsErrors[kind], reason, { cause });
}

function shapeBytes({ name, dtype, shape }: Omit<Tensor, "bytes">): number {
  if (shape.length > MAX_RANK) fail("layoutInvalid", `tensor ${name} has ${shape.length} sides`);
  let bytes: number = DTYPE_BYTES[dtype];
  for (const side of shape) {
    if (!Number.isSafeInteger(side) || side < 0) fail("layoutInvalid", `tensor ${name}: ${side}`);
    bytes *= side;
  }
  if (!Number.isSafeInteger(bytes)) fail("layoutInvalid", `tensor ${name} is too large`);
  return bytes;
}

/**
 * Writes a safetensors file: 8 bytes of header length, the JSON header padded with spaces, then the bytes of all tensors.
 *
 * @throws CommonweightError CW1153 when a tensor's bytes do not match its shape or a name appears twice.
 */
export function encodeSafetensors(file: SafetensorsFile): Uint8Array {
  const entries: [string, unknown][] = [];
  if (Object.keys(file.metadata).length > 0) entries.push([METADATA_KEY, file.metadata]);
  let offset = 0;
  const names = new Set([METADATA_KEY]);
  for (const tensor of file.tensors) {
    const { name, dtype, shape, bytes } = tensor;
    if (names.has(name)) fail("layoutInvalid", `two tensors are called ${name}`);
    names.add(name);
    if (bytes.length !== shapeBytes(tensor)) {
      fail("layoutInvalid", `tensor ${name} has ${bytes.length} bytes`);
    }
    entries.push([name, { dtype, shape, data_offsets: [offset, offset + bytes.length] }]);
    offset += bytes.length;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const headerBytes = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  const encoded = new Uint8Array(LENGTH_BYTES + headerBytes + offset).fill(0x20, LENGTH_BYTES);
  new DataView(encoded.buffer).setBigUint64(0, BigInt(headerBytes), true);
  encoded.set(json, LENGTH_BYTES);
  let position = LENGTH_BYTES + headerBytes;
  for (const { bytes } of file.tensors) {
    encoded.set(bytes, position);
    position += bytes.length;
  }
  return encoded;
}

/** True for a JSON object: neither null nor a list. */
function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; end: number } {
  if (bytes.length < LENGTH_BYTES) fail("truncated", `${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) fail("headerTooLarge", `a header of ${length} bytes`);
  const end = LENGTH_BYTES + Number(length);
  if (end > bytes.length) fail("truncated", `a header of ${length} in ${bytes.length} bytes`);
  let header: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(
      bytes.subarray(LENGTH_BYTES, end),
    );
    header = JSON.parse(text);
  } catch (cause) {
    fail("headerMalformed", "the header is not JSON in UTF-8", cause);
  }
  if (!isRecord(header)) fail("headerMalformed", "the header is not an object");
  return { header, end };
}

function readMetadata(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (!isRecord(value)) fail("headerMalformed", "__metadata__ is not an object");
  const texts = Object.entries(value).map(([key, text]): [string, string] => {
    if (typeof text !== "string") fail("headerMalformed", `metadata ${key} is not text`);
    return [key, text];
  });
  return Object.fromEntries(texts);
}

interface Place extends Omit<Tensor, "bytes"> {
  readonly begin: number;
  readonly end: number;
}

function readPlace(name: string, value: unknown): Place {
  if (!isRecord(value)) fail("headerMalformed", `tensor ${name} is not an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string" || !Object.hasOwn(DTYPE_BYTES, dtype)) {
    fail("headerMalformed", `tensor ${name} has the unknown format ${String(dtype)}`);
  }
  if (!Array.isArray(shape) || !Array.isArray(offsets) || offsets.length !== 2) {
    fail("headerMalformed", `tensor ${name} lacks a shape or offsets`);
  }
  const tensor = { name, dtype: dtype as SafetensorsDtype, shape: shape as number[] };
  const [begin, end] = offsets as [number, number];
  if (!Number.isSafeInteger(begin) || !Number.isSafeInteger(end) || begin < 0) {
    fail("layoutInvalid", `tensor ${name} has offsets ${begin} to ${end}`);
  }
  if (end - begin !== shapeBytes(tensor)) {
    fail("layoutInvalid", `tensor ${name} has ${end - begin} bytes, its shape another number`);
  }
  return { ...tensor, begin, end };
}

/**
 * Reads a safetensors file from anywhere. Tensors must lie one after the other without gap or overlap up to the end, as the
 * format demands, so nothing can hide in the file. Tensor bytes are views of the argument, not copies.
 *
 * @throws CommonweightError CW1150 for a short file, CW1151 for a header bomb, CW1152 for a malformed header, CW1153 for
 * tensors that overlap, leave gaps or do not match their shapes.
 */
export function decodeSafetensors(bytes: Uint8Array): SafetensorsFile {
  const { header, end: dataStart } = readHeader(bytes);
  const entries = Object.entries(header).filter(([name]) => name !== METADATA_KEY);
  if (entries.length > MAX_TENSORS) fail("headerTooLarge", `${entries.length} tensors`);
  const places = entries.map(([name, value]) => readPlace(name, value));
  places.sort((left, right) => left.begin - right.begin || left.end - right.end);
  let position = 0;
  for (const { name, begin, end } of places) {
    if (begin !== position) fail("layoutInvalid", `tensor ${name} begins at ${begin}`);
    position = end;
  }
  const dataBytes = bytes.length - dataStart;
  if (position > dataBytes) fail("truncated", `${dataBytes} of ${position} bytes of tensors`);
  if (position < dataBytes) fail("layoutInvalid", `${dataBytes - position} bytes of no tensor`);
  const tensors = places.map(({ name, dtype, shape, begin, end }) => ({
    name,
    dtype,
    shape,
    bytes: bytes.subarray(dataStart + begin, dataStart + end),
  }));
  return { tensors, metadata: readMetadata(header[METADATA_KEY]) };
}

function alignedCopy(tensor: Tensor, dtype: SafetensorsDtype): ArrayBuffer {
  if (tensor.dtype !== dtype) {
    fail("wrongDtype", `tensor ${tensor.name} is ${tensor.dtype}, expected ${dtype}`);
  }
  // Not slice(): on a Node Buffer, as files are read, that would be a view of the whole file.
  return new Uint8Array(tensor.bytes).buffer;
}

/**
 * Entries of an F32 tensor.
 *
 * @throws CommonweightError CW1155 for another format, CW1156 for NaN or infinity.
 */
export function float32Entries(tensor: Tensor): Float32Array {
  const entries = new Float32Array(alignedCopy(tensor, "F32"));
  const index = entries.findIndex((entry) => !Number.isFinite(entry));
  if (index >= 0) fail("notFinite", `tensor ${tensor.name}: entry ${index} is ${entries[index]}`);
  return entries;
}

/** Entries of an I32 tensor. @throws CommonweightError CW1155 for another format. */
export function int32Entries(tensor: Tensor): Int32Array {
  return new Int32Array(alignedCopy(tensor, "I32"));
}

/** A tensor of typed-array entries; F32, I32 or I16 by the array's type. */
export function tensorOf(options: {
  readonly name: string;
  readonly shape: readonly number[];
  readonly entries: Float32Array | Int32Array | Int16Array;
}): Tensor {
  const { name, shape, entries } = options;
  const dtype =
    entries instanceof Float32Array ? "F32" : entries instanceof Int32Array ? "I32" : "I16";
  const bytes = new Uint8Array(entries.buffer, entries.byteOffset, entries.byteLength);
  return { name, dtype, shape, bytes };
}
