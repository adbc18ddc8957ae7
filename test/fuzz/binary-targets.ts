import { crc32, deflateSync } from "node:zlib";
import * as dagPb from "@ipld/dag-pb";
import { concatBytes } from "@noble/hashes/utils.js";
import { UnixFS } from "ipfs-unixfs";
import { CID } from "multiformats/cid";
import { cidFromBytes, cidToBytes } from "../../services/adapters/chain/cid-bytes.ts";
import { decodeSubmittedUpdates } from "../../services/adapters/chain/update-batch.ts";
import { walkContent } from "../../services/adapters/content-store/content-graph.ts";
import {
  BLOCK_CODECS,
  blockContentId,
  parseContentId,
} from "../../services/adapters/content-store/content-id.ts";
import { memoryFile, readPowers, writePowers } from "../../services/adapters/curve/srs-file.ts";
import { buildWasmProgram } from "../../services/adapters/curve/wasm-program.ts";
import { createHpkeEnvelope } from "../../services/adapters/envelope/hpke-envelope.ts";
import { encodeNpy, encodeNpz } from "../../services/adapters/model-export/numpy.ts";
import { countValues } from "../../services/learning/count-values.ts";
import { memoryBytes } from "../../services/learning/data/formats/byte-source.ts";
import { decodeIdx } from "../../services/learning/data/formats/idx.ts";
import { decodeJpeg } from "../../services/learning/data/formats/jpeg.ts";
import { decodeNpyValues, readNpyHeader } from "../../services/learning/data/formats/npy.ts";
import { openNpy } from "../../services/learning/data/formats/npy-array.ts";
import { decodePng } from "../../services/learning/data/formats/png.ts";
import { decodePnm } from "../../services/learning/data/formats/pnm.ts";
import { readNpyLabels } from "../../services/learning/data/npy-labels.ts";
import { openDataFiles } from "../../services/learning/data/open-data-files.ts";
import { readTable } from "../../services/learning/data/read-table.ts";
import { readBundle } from "../../services/protocol/bundle/bundle-header.ts";
import { decodeInt16, encodeInt16 } from "../../services/protocol/bundle/int16-coder.ts";
import { openBundle } from "../../services/protocol/bundle/open-bundle.ts";
import { sealBundle } from "../../services/protocol/bundle/seal-bundle.ts";
import { decodeModelFile, encodeModelFile } from "../../services/protocol/model/model-file.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  tensorOf,
} from "../../services/protocol/model/safetensors.ts";
import { openFile, sealFile } from "../../services/protocol/sealing/sealed-file.ts";
import { fixture } from "../learning/fixtures/fixture.ts";
import { numpyFile } from "../learning/numpy-files.ts";
import { SOME_PLACE as place } from "../protocol/some-place.ts";
import { standInCommitment } from "../protocol/stand-in-commitment.ts";
import { fromFile } from "./from-file.ts";
import type { FuzzTarget } from "./run-target.ts";

const someCid = cidToBytes("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku");
const text = (value: string) => new TextEncoder().encode(value);
const update = Int16Array.from({ length: 120 }, (_, index) => ((index * 7919) % 601) - 300);
const envelope = createHpkeEnvelope();
const keys = await envelope.generateKeyPair();

const bundle = await sealBundle({
  envelope,
  update,
  blinding: 99n,
  commitment: await standInCommitment({ update, blinding: 99n }),
  associated: place,
  fractionBits: 12,
  aggregatorPublicKeys: [keys.publicKey],
});
const associated = { ...place, commitmentHash: bundle.commitmentHash };
const context = "model:31337:0xab:7:3";
const sealedFile = await sealFile({
  envelope,
  plaintext: text("the parameters of a private model"),
  recipients: [keys.publicKey],
  context,
});
const safetensors = encodeSafetensors({
  tensors: [
    tensorOf({ name: "weight", shape: [2, 2], entries: Float32Array.of(1, -2, 0.5, 4) }),
    tensorOf({ name: "update", shape: [3], entries: Int16Array.of(7, -8, 9) }),
  ],
  metadata: { fractionBits: "12" },
});
const modelFile = encodeModelFile(
  {
    model: Int32Array.of(0, 1, -1, 2 ** 31 - 1),
    blinding: 77n,
    commitment: { x: 5n, y: 77n },
    fractionBits: 12,
    lineage: { ...place, previousCid: "bafkreiprevious" },
  },
  [{ name: "weight", shape: [2, 2], offset: 0, length: 4 }],
);
const { bn } = await buildWasmProgram();
const powers = writePowers(bn, {
  g1: new Uint8Array(new SharedArrayBuffer(4 * 64)).fill(1),
  tauG2: { x: [1n, 2n], y: [3n, 4n] },
});

const leaf = text("twelve bytes");
const leafId = await blockContentId(leaf, BLOCK_CODECS.raw);
const blockOfLinks = dagPb.encode(
  dagPb.prepare({
    Data: new UnixFS({ type: "file", blockSizes: [12n, 12n] }).marshal(),
    Links: [leafId, leafId].map((Hash) => ({ Hash, Name: "", Tsize: leaf.length })),
  }),
);

/** A grey PNG image of 2 x 2 pixels. */
const pngImage = () => pngOf(8, 0, [0, 1, 2, 0, 3, 4]);
/** One of 2 x 2 pixels of two bits, with a palette of three colours. */
const pngWithPalette = () => pngOf(2, 3, [0, 0x10, 0, 0x80], [255, 0, 0, 0, 255, 0, 0, 0, 255]);

function pngOf(
  depth: number,
  colourType: number,
  rows: readonly number[],
  palette: readonly number[] = [],
): Uint8Array {
  const chunk = (type: string, data: Uint8Array) => {
    const named = Buffer.concat([text(type), data]);
    const frame = Buffer.alloc(named.length + 8);
    frame.writeUInt32BE(data.length);
    named.copy(frame, 4);
    frame.writeUInt32BE(crc32(named), named.length + 4);
    return frame;
  };
  return Uint8Array.from(
    Buffer.concat([
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
      chunk("IHDR", Uint8Array.of(0, 0, 0, 2, 0, 0, 0, 2, depth, colourType, 0, 0, 0)),
      ...(palette.length > 0 ? [chunk("PLTE", Uint8Array.from(palette))] : []),
      chunk("IDAT", deflateSync(Uint8Array.from(rows))),
      chunk("IEND", new Uint8Array()),
    ]),
  );
}

function check(isTrue: boolean, claim: string): void {
  if (!isTrue) throw new Error(`accepted input: ${claim}`);
}

/** Everything binary that somebody else sends or publishes. */
export const binaryTargets: readonly FuzzTarget[] = [
  {
    name: "bundle header",
    seeds: [bundle.bytes],
    weight: 100,
    read: (input) => readBundle(input),
  },
  {
    name: "bundle",
    seeds: [bundle.bytes],
    weight: 2,
    read: async (input) => {
      const opened = await openBundle({
        envelope,
        bytes: input,
        secrets: { contentKey: bundle.contentKey, keys },
        associated,
        fractionBits: 12,
        parameterCount: update.length,
        commit: standInCommitment,
      });
      check(
        opened.blinding === 99n && opened.update.join() === update.join(),
        "a damaged bundle opened to another update",
      );
    },
  },
  {
    name: "coded integers",
    seeds: [encodeInt16(update), encodeInt16(new Int16Array(120))],
    weight: 100,
    read: (input) => {
      const decoded = decodeInt16(input, update.length);
      check(decoded === undefined || decoded.length === update.length, "another number of entries");
    },
  },
  {
    name: "safetensors",
    seeds: [safetensors, modelFile],
    weight: 100,
    read: (input) => {
      const { tensors } = decodeSafetensors(input);
      const bytes = tensors.reduce((sum, tensor) => sum + tensor.bytes.byteLength, 0);
      check(bytes <= input.length, "tensors of more bytes than the file has");
    },
  },
  { name: "model file", seeds: [modelFile], weight: 60, read: (input) => decodeModelFile(input) },
  {
    name: "sealed file",
    seeds: [sealedFile],
    weight: 2,
    read: async (input) => {
      const opened = await openFile({ envelope, bytes: input, keys, context });
      check(opened.length === 33, "a damaged file opened");
    },
  },
  {
    name: "powers of tau",
    seeds: [powers],
    weight: 40,
    read: (input) => readPowers(bn, memoryFile(input), 4),
  },
  {
    name: "idx",
    seeds: [Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6)],
    weight: 100,
    read: (input) => {
      const { shape, values } = decodeIdx(input);
      check(values.length === countValues(shape), "another size");
    },
  },
  {
    name: "npy",
    seeds: [encodeNpy({ name: "a", shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) })],
    weight: 100,
    read: (input) => {
      const header = readNpyHeader(input);
      decodeNpyValues(input.subarray(header.dataOffset), header.format);
    },
  },
  {
    name: "npy labels",
    seeds: [numpyFile("names"), numpyFile("columns"), numpyFile("bytes")],
    weight: 30,
    read: async (input) => {
      const { labels, classes } = await readNpyLabels(
        await openNpy(memoryBytes("y.npy", input)),
        4,
        { findsClasses: true },
      );
      const isClass = (label: number) => label >= 0 && label < classes;
      check(labels.length === 4 && labels.every(isClass), "labels that are no classes");
    },
  },
  {
    name: "npz",
    seeds: [
      numpyFile("stored"),
      numpyFile("packed"),
      numpyFile("unnamed"),
      encodeNpz([
        { name: "data", shape: [2, 1], values: Float32Array.of(1, 2) },
        { name: "target", shape: [2], values: Int32Array.of(7, -3) },
      ]),
    ],
    weight: 10,
    read: fromFile("samples.npz", async (path) => {
      const dataset = await openDataFiles(path, { findsClasses: true });
      const { inputs } = await dataset.readBatch([0, dataset.size - 1]);
      const sample = countValues(dataset.inputShape);
      check(inputs.length === 2 * sample, "samples of another size");
    }),
  },
  {
    name: "png",
    seeds: [pngImage(), pngWithPalette()],
    weight: 30,
    read: (input) => decodePng(input),
  },
  {
    name: "jpeg",
    seeds: ["colour", "progressive", "restarts", "grey", "turned"].map((name) =>
      fixture(`${name}.jpg`),
    ),
    weight: 10,
    read: async (input) => {
      const { channels, height, width, values } = await decodeJpeg(input);
      check(values.length === channels * height * width, "an image of another size");
    },
  },
  {
    name: "parquet",
    seeds: ["plain", "delta", "snappy", "lz4"].map((name) => fixture(`leaves-${name}.parquet`)),
    weight: 10,
    read: fromFile("samples.parquet", async (path) => {
      const { table } = (await readTable(path)) ?? {};
      const isRagged = table?.rows.some((row) => row.length !== table.header.length);
      check(isRagged !== true, "a ragged table");
    }),
  },
  {
    name: "parquet samples",
    seeds: ["images-bytes", "lists", "lists-fixed", "shards/train-00001-of-00002"].map((name) =>
      fixture(`${name}.parquet`),
    ),
    weight: 10,
    read: fromFile("images.parquet", async (path) => {
      const dataset = await openDataFiles(path, { findsClasses: true, targetColumn: undefined });
      const { inputs } = await dataset.readBatch([dataset.size - 1]);
      check(inputs.length === countValues(dataset.inputShape), "samples of another size");
    }),
  },
  {
    name: "pnm",
    seeds: [
      Uint8Array.from([...text("P5\n2 2\n255\n"), 1, 2, 3, 4]),
      text("P2\n# a comment\n2 2\n15\n0 1 2 3\n"),
    ],
    weight: 100,
    read: (input) => decodePnm(input),
  },
  {
    name: "file of blocks",
    seeds: [blockOfLinks],
    weight: 5,
    read: async (input) => {
      // Somebody who publishes a hostile file also publishes its right address.
      const root = await blockContentId(input, BLOCK_CODECS.dagPb);
      const load = async (cid: CID) => (cid.equals(root) ? input : leaf);
      const maxBytes = 100_000;
      let bytes = 0;
      for await (const { data } of walkContent(root, load, { maxBytes })) bytes += data.length;
      check(bytes <= maxBytes, "more bytes than were allowed");
    },
  },
  {
    name: "content id",
    seeds: [
      text("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"),
      text("QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG"),
    ],
    weight: 100,
    read: (input) => parseContentId(new TextDecoder().decode(input)),
  },
  {
    name: "submissions on the chain",
    seeds: [
      concatBytes(
        ...[new Uint8Array(52).fill(7), Uint8Array.of(someCid.length), someCid],
        ...[new Uint8Array(52).fill(8), Uint8Array.of(someCid.length), someCid],
      ),
    ],
    weight: 100,
    read: (input) => {
      const updates = decodeSubmittedUpdates(input);
      const bytes = updates.reduce((sum, { bundleCid }) => sum + 53 + bundleCid.length, 0);
      check(bytes === input.length, "other bytes than there are");
      for (const { bundleCid } of updates) {
        const cid = cidFromBytes(bundleCid);
        check(cid === "" || CID.parse(cid).toString() === cid, "no CID");
      }
    },
  },
];
