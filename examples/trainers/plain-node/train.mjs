/**
 * A trainer of your own in plain Node, without any package: reads the job, trains a network of dense layers by stochastic
 * gradient descent on a CSV file, and writes the result. The contract is in docs/bring-your-own-trainer.md.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { readTable } from "./read-table.mjs";
import { readSafetensors, writeSafetensors } from "./safetensors.mjs";

const job = JSON.parse(readFileSync("job.json", "utf8"));
const samples = readTable(job.input.data, job.data);
const tensors = readSafetensors(job.input.model);
const layers = job.model.layers.map(({ kind, activation = "none" }, i) => {
  if (kind !== "dense" || !["none", "relu"].includes(activation)) {
    throw new Error(`layer ${i}: this example knows dense layers with relu only`);
  }
  const weight = tensors[`layers.${i}.weight`];
  const [outputs, inputs] = weight.shape;
  const bias = tensors[`layers.${i}.bias`].values;
  return { weight: weight.values, bias, inputs, outputs, isRelu: activation === "relu" };
});

const { learningRate, batchSize, epochs } = job.training;
const steps = job.training.steps ?? epochs * Math.ceil(samples.length / batchSize);
let queue = [];
let loss = 0;
for (let step = 1; step <= steps; step++) {
  if (queue.length === 0) queue = shuffled(samples);
  const batch = queue.splice(0, batchSize);
  loss = trainOn(batch);
  console.log(JSON.stringify({ step, steps, loss }));
}

writeSafetensors(job.output.model, tensors);
writeFileSync(job.output.metrics, JSON.stringify({ loss, samples: samples.length }));

/** One step of gradient descent on a batch; returns the batch's loss before the step. */
function trainOn(batch) {
  const gradients = layers.map(({ weight, bias }) => ({
    weight: new Float64Array(weight.length),
    bias: new Float64Array(bias.length),
  }));
  const total = batch.reduce((sum, sample) => sum + addGradient(sample, gradients), 0);
  const rate = learningRate / batch.length;
  layers.forEach(({ weight, bias }, l) => {
    gradients[l].weight.forEach((slope, i) => {
      weight[i] -= rate * slope;
    });
    gradients[l].bias.forEach((slope, i) => {
      bias[i] -= rate * slope;
    });
  });
  return total / batch.length;
}

/** Adds the gradient of one sample's cross-entropy by backpropagation; returns that cross-entropy. */
function addGradient({ input, label }, gradients) {
  const values = [input];
  for (const layer of layers) values.push(apply(layer, values.at(-1)));
  const probabilities = softmax(values.at(-1));
  let errors = probabilities.map((p, k) => p - (k === label ? 1 : 0));
  for (let l = layers.length - 1; l >= 0; l--) {
    const { weight, inputs, isRelu } = layers[l];
    if (isRelu) errors = errors.map((error, k) => (values[l + 1][k] > 0 ? error : 0));
    const before = new Array(inputs).fill(0);
    errors.forEach((error, k) => {
      gradients[l].bias[k] += error;
      for (let j = 0; j < inputs; j++) {
        gradients[l].weight[k * inputs + j] += error * values[l][j];
        before[j] += error * weight[k * inputs + j];
      }
    });
    errors = before;
  }
  return -Math.log(probabilities[label]);
}

function apply({ weight, bias, inputs, isRelu }, input) {
  return Array.from(bias, (start, k) => {
    let sum = start;
    for (let j = 0; j < inputs; j++) sum += weight[k * inputs + j] * input[j];
    return isRelu ? Math.max(0, sum) : sum;
  });
}

function softmax(scores) {
  const largest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / total);
}

function shuffled(list) {
  return list
    .map((each) => ({ each, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ each }) => each);
}
