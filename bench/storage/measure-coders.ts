import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { createHpkeEnvelope } from "../../services/adapters/envelope/hpke-envelope.ts";
import { reshapeDataset, subsetDataset } from "../../services/learning/data/dataset.ts";
import { readMnist } from "../../services/learning/data/mnist.ts";
import {
  convolutionalNetwork,
  type LayeredModelSpec,
  logisticRegression,
  multilayerPerceptron,
} from "../../services/learning/model-spec.ts";
import { initialiseParameters } from "../../services/learning/training/initialise.ts";
import { prepareUpdate } from "../../services/learning/training/prepare-update.ts";
import { trainLocally } from "../../services/learning/training/train-locally.ts";
import { decodeInt16, encodeInt16 } from "../../services/protocol/bundle/int16-coder.ts";
import { openBundle } from "../../services/protocol/bundle/open-bundle.ts";
import { sealBundle } from "../../services/protocol/bundle/seal-bundle.ts";

/** One coder on one update. */
export interface CoderFigures {
  readonly update: string;
  readonly parameters: number;
  readonly coder: string;
  readonly bytesPerParameter: number;
  readonly encodeSeconds: number;
  readonly decodeSeconds: number;
}

interface Coder {
  readonly name: string;
  encode(update: Int16Array): Uint8Array;
  decode(bytes: Uint8Array, length: number): Int16Array | undefined;
}

const FRACTION_BITS = 14;

const coders: readonly Coder[] = [
  {
    name: "plain",
    encode: (update) => bytesOf(update),
    decode: (bytes) => new Int16Array(bytes.slice().buffer),
  },
  {
    name: "zstd -3, byte planes",
    encode: (update) => zstd(toPlanes(update), 3),
    decode: (bytes) => fromPlanes(zstdDecompressSync(bytes)),
  },
  {
    name: "zstd -19, byte planes",
    encode: (update) => zstd(toPlanes(update), 19),
    decode: (bytes) => fromPlanes(zstdDecompressSync(bytes)),
  },
  { name: "range", encode: encodeInt16, decode: decodeInt16 },
];

/** Trains three models on MNIST and runs every coder on their updates, plain and dithered. */
export async function measureCoders(): Promise<CoderFigures[]> {
  const figures: CoderFigures[] = [];
  for (const [name, model] of models()) {
    const delta = await trainDelta(model);
    for (const ditherBits of [0, 4]) {
      const { update } = prepareUpdate({
        delta,
        fractionBits: FRACTION_BITS,
        ditherBits,
        randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
      });
      figures.push(...runCoders(`${name}, ${ditherBits} dither bits`, update));
      if (ditherBits > 0)
        figures.push(await measureSealing(`${name}, ${ditherBits} dither bits`, update));
    }
  }
  return figures;
}

function models(): [string, LayeredModelSpec][] {
  return [
    ["logistic regression", logisticRegression({ features: 784, classes: 10 })],
    [
      "CNN",
      convolutionalNetwork({ inputShape: [1, 28, 28], filters: [16, 32], classes: 10, seed: "1" }),
    ],
    [
      "perceptron",
      multilayerPerceptron({ features: 784, hidden: [1024, 256], classes: 10, seed: "1" }),
    ],
  ];
}

async function trainDelta(model: LayeredModelSpec): Promise<Float32Array> {
  const mnist = subsetDataset(
    await readMnist("train"),
    Int32Array.from({ length: 2000 }, (_, index) => index),
  );
  const dataset = reshapeDataset(mnist, model.inputShape);
  const start = initialiseParameters(model);
  const hyperparameters = {
    optimiser: "sgd",
    learningRate: 0.05,
    batchSize: 32,
    epochs: 1,
  } as const;
  const { parameters } = await trainLocally({
    model,
    parameters: start,
    dataset,
    hyperparameters,
    seed: "bench",
  });
  return parameters.map((value, index) => value - (start[index] as number));
}

function runCoders(name: string, update: Int16Array): CoderFigures[] {
  return coders.map((coder) => {
    const [encoded, encodeSeconds] = timed(() => coder.encode(update));
    const [decoded, decodeSeconds] = timed(() => coder.decode(encoded, update.length));
    if (decoded === undefined || Buffer.compare(bytesOf(decoded), bytesOf(update)) !== 0) {
      throw new RangeError(`${coder.name} lost the update`);
    }
    return {
      update: name,
      parameters: update.length,
      coder: coder.name,
      bytesPerParameter: encoded.length / update.length,
      encodeSeconds,
      decodeSeconds,
    };
  });
}

/** Sealing and opening as in a round, without the commitment, which the proof benchmark measures. */
async function measureSealing(name: string, update: Int16Array): Promise<CoderFigures> {
  const envelope = createHpkeEnvelope();
  const keys = await envelope.generateKeyPair();
  const commitment = { x: 1n, y: 2n };
  const associated = {
    chainId: 1n,
    market: `0x${"00".repeat(20)}`,
    projectId: 1n,
    roundIndex: 0,
    trainer: `0x${"00".repeat(20)}`,
  };
  const startedAt = performance.now();
  const sealed = await sealBundle({
    envelope,
    update,
    blinding: 1n,
    commitment,
    associated,
    fractionBits: FRACTION_BITS,
    aggregatorPublicKeys: [keys.publicKey],
  });
  const sealedAt = performance.now();
  const secrets = { contentKey: sealed.contentKey, keys };
  await openBundle({
    envelope,
    bytes: sealed.bytes,
    secrets,
    associated: { ...associated, commitmentHash: sealed.commitmentHash },
    fractionBits: FRACTION_BITS,
    parameterCount: update.length,
    commit: async () => commitment,
  });
  return {
    update: name,
    parameters: update.length,
    coder: "whole bundle (range, sealed)",
    bytesPerParameter: sealed.bytes.length / update.length,
    encodeSeconds: (sealedAt - startedAt) / 1000,
    decodeSeconds: (performance.now() - sealedAt) / 1000,
  };
}

/** The result and the fastest of three runs, in seconds. */
function timed<T>(work: () => T): [T, number] {
  let result = work();
  let fastest = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3; run++) {
    const startedAt = performance.now();
    result = work();
    fastest = Math.min(fastest, performance.now() - startedAt);
  }
  return [result, fastest / 1000];
}

function bytesOf(update: Int16Array): Uint8Array {
  return new Uint8Array(update.buffer, update.byteOffset, update.byteLength);
}

/** All low bytes, then all high bytes. */
function toPlanes(update: Int16Array): Uint8Array {
  const planes = new Uint8Array(2 * update.length);
  for (const [index, value] of update.entries()) {
    planes[index] = value & 0xff;
    planes[update.length + index] = value >> 8;
  }
  return planes;
}

function fromPlanes(planes: Uint8Array): Int16Array {
  const length = planes.length / 2;
  return Int16Array.from(
    { length },
    (_, index) => (planes[index] as number) | ((planes[length + index] as number) << 8),
  );
}

function zstd(bytes: Uint8Array, level: number): Uint8Array {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: level } });
}
