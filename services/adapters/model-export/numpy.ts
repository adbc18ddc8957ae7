import { crc32 } from "node:zlib";

/** A named float32 or integer array, row-major. */
export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

/** One array as a NumPy `.npy` file, version 1.0: `numpy.load` reads it. */
export function encodeNpy({ shape, values }: NamedArray): Uint8Array {
  const descr = values instanceof Float32Array ? "<f4" : "<i4";
  const sides = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sides}), }`;
  // Magic, version, header length and header together fill whole 64 bytes, as NumPy aligns its data.
  const padding = 63 - ((10 + header.length) % 64);
  const text = `${header}${" ".repeat(padding)}\n`;
  const file = Buffer.alloc(10 + text.length + values.byteLength);
  file.write("\x93NUMPY\x01\x00", "latin1");
  file.writeUInt16LE(text.length, 8);
  file.write(text, 10, "latin1");
  for (const [index, value] of values.entries()) {
    if (values instanceof Float32Array) file.writeFloatLE(value, 10 + text.length + 4 * index);
    else file.writeInt32LE(value, 10 + text.length + 4 * index);
  }
  return new Uint8Array(file);
}

/** All arrays of a model as a NumPy `.npz` file (a ZIP archive without compression): `numpy.load(path)["layers.0.weight"]`. */
export function encodeNpz(arrays: readonly NamedArray[]): Uint8Array {
  const local: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const array of arrays) {
    const name = Buffer.from(`${array.name}.npy`);
    const data = encodeNpy(array);
    const about = entryFields(name, data);
    const head = Buffer.concat([u32(0x04034b50), about, name]);
    directory.push(
      Buffer.concat([
        u32(0x02014b50),
        u16(20),
        about,
        u16(0),
        u16(0),
        u16(0),
        u32(0),
        u32(offset),
        name,
      ]),
    );
    local.push(head, Buffer.from(data));
    offset += head.length + data.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.concat([
    u32(0x06054b50),
    u16(0),
    u16(0),
    u16(arrays.length),
    u16(arrays.length),
    u32(central.length),
    u32(offset),
    u16(0),
  ]);
  return new Uint8Array(Buffer.concat([...local, central, end]));
}

/** What local header and directory entry share: version, flags, method, time, date (1980-01-01), checksum, sizes, name length, no extras. */
function entryFields(name: Buffer, data: Uint8Array): Buffer {
  return Buffer.concat([
    u16(20),
    u16(0x0800),
    u16(0),
    u16(0),
    u16(0x21),
    u32(crc32(data)),
    u32(data.length),
    u32(data.length),
    u16(name.length),
    u16(0),
  ]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
