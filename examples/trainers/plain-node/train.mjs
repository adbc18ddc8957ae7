/**
 * A trainer of your own in plain Node, without any package: reads the job, trains the linear classifier
 * `layers.0.weight` [classes, features] and `layers.0.bias` [classes] by gradient descent on a CSV file, writes the result.
 *
 * The CSV file has a header; the last column is the class number, the others are features.
 * The contract is in docs/bring-your-own-trainer.md.
 */
import { readFileSync, writeFileSync } from "node:fs";

const job = JSON.parse(readFileSync("job.json", "utf8"));
const tensors = readSafetensors(readFileSync(job.input.model));
const weight = tensors["layers.0.weight"];
const bias = tensors["layers.0.bias"];
const [classes, features] = weight.shape;

const rows = readFileSync(job.input.data, "utf8").trim().split("\n").slice(1);
const samples = rows.map((row) => row.split(",").map(Number));

const { learningRate, epochs } = job.training;
let loss = 0;
for (let epoch = 1; epoch <= epochs; epoch++) {
  loss = 0;
  for (const sample of samples) loss += trainOn(sample) / samples.length;
  console.log(JSON.stringify({ step: epoch, steps: epochs, loss }));
}

writeFileSync(job.output.model, writeSafetensors(tensors));
writeFileSync(job.output.metrics, JSON.stringify({ loss, samples: samples.length }));

/** One step of gradient descent on one sample; returns its loss before the step. */
function trainOn(sample) {
  const label = sample[features];
  const scores = Array.from({ length: classes }, (_, k) => {
    let sum = bias.values[k];
    for (let j = 0; j < features; j++) sum += weight.values[k * features + j] * sample[j];
    return sum;
  });
  const largest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const total = powers.reduce((a, b) => a + b, 0);
  for (let k = 0; k < classes; k++) {
    const error = powers[k] / total - (k === label ? 1 : 0);
    bias.values[k] -= learningRate * error;
    for (let j = 0; j < features; j++) {
      weight.values[k * features + j] -= learningRate * error * sample[j];
    }
  }
  return Math.log(total) + largest - scores[label];
}

/** safetensors: 8 bytes of header length, a JSON header, then the numbers. */
function readSafetensors(file) {
  const length = Number(file.readBigUInt64LE(0));
  const { __metadata__, ...header } = JSON.parse(file.subarray(8, 8 + length).toString("utf8"));
  return Object.fromEntries(
    Object.entries(header).map(
      ([
        name,
        {
          shape,
          data_offsets: [from, to],
        },
      ]) => {
        const bytes = Uint8Array.from(file.subarray(8 + length + from, 8 + length + to));
        return [name, { shape, values: new Float32Array(bytes.buffer) }];
      },
    ),
  );
}

function writeSafetensors(named) {
  const header = {};
  let offset = 0;
  for (const [name, { shape, values }] of Object.entries(named)) {
    const end = offset + values.byteLength;
    header[name] = { dtype: "F32", shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padding = Buffer.alloc((8 - (json.length % 8)) % 8, " ");
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length + padding.length));
  const numbers = Object.values(named).map(({ values }) => Buffer.from(values.buffer));
  return Buffer.concat([length, json, padding, ...numbers]);
}
