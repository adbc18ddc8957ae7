import { readFileSync, writeFileSync } from "node:fs";

/** Reads float32 tensors by name. The file: 8 bytes of header length, a JSON header, then the numbers. */
export function readSafetensors(path) {
  const file = readFileSync(path);
  const start = 8 + Number(file.readBigUInt64LE(0));
  const { __metadata__, ...header } = JSON.parse(file.subarray(8, start).toString("utf8"));
  const entries = Object.entries(header).map(([name, { shape, data_offsets }]) => {
    const [from, to] = data_offsets;
    const bytes = Uint8Array.from(file.subarray(start + from, start + to));
    return [name, { shape, values: new Float32Array(bytes.buffer) }];
  });
  return Object.fromEntries(entries);
}

/** Writes float32 tensors by name. */
export function writeSafetensors(path, tensors) {
  const header = {};
  let offset = 0;
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    const end = offset + values.byteLength;
    header[name] = { dtype: "F32", shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padding = Buffer.alloc((8 - (json.length % 8)) % 8, " ");
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length + padding.length));
  const numbers = Object.values(tensors).map(({ values }) => Buffer.from(values.buffer));
  writeFileSync(path, Buffer.concat([length, json, padding, ...numbers]));
}
