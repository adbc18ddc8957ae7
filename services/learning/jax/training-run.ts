import { numpy as np, valueAndGrad } from "@jax-js/jax";
import type { LayeredModelSpec, TensorPlace } from "../model-spec.ts";
import type { OptimiserSpec, PaddedBatch, TrainingRun } from "./compiled-model.ts";
import { download, refs, scalar, type Tensor, upload } from "./device-arrays.ts";
import { weightedLoss } from "./network.ts";

const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** One optimiser step as a traced function; every argument is used exactly once beyond its `.ref`s. */
export function stepFunction(model: LayeredModelSpec, optimiser: OptimiserSpec) {
  const { momentum, proximal, weightDecay } = optimiser;
  return (
    parameters: Tensor[],
    start: Tensor[],
    first: Tensor[],
    second: Tensor[],
    inputs: Tensor,
    targets: Tensor,
    rate: Tensor,
    secondScale: Tensor,
  ) => {
    const loss = (tensors: Tensor[], x: Tensor, y: Tensor) => weightedLoss(model, tensors, x, y);
    const [value, gradients] = valueAndGrad(loss)(refs(parameters), inputs, targets) as unknown as [
      Tensor,
      Tensor[],
    ];
    const moved: Tensor[] = [];
    const nextFirst: Tensor[] = [];
    const nextSecond: Tensor[] = [];
    parameters.forEach((parameter, i) => {
      let gradient = gradients[i] as Tensor;
      if (proximal > 0) {
        gradient = gradient.add(parameter.ref.sub(start[i] as Tensor).mul(proximal));
      }
      if (weightDecay > 0) gradient = gradient.add(parameter.ref.mul(weightDecay));
      if (optimiser.kind === "adam") {
        const square = gradient.ref.mul(gradient.ref).mul(1 - ADAM.beta2);
        const m = (first[i] as Tensor).mul(ADAM.beta1).add(gradient.mul(1 - ADAM.beta1));
        const v = (second[i] as Tensor).mul(ADAM.beta2).add(square);
        // `rate` carries 1/(1-beta1^t), `secondScale` 1/(1-beta2^t): the bias corrections change every step.
        const width = np.sqrt(v.ref.mul(secondScale.ref)).add(ADAM.epsilon);
        moved.push(parameter.sub(m.ref.mul(rate.ref).div(width)));
        nextFirst.push(m);
        nextSecond.push(v);
      } else if (momentum > 0) {
        const velocity = (first[i] as Tensor).mul(momentum).add(gradient);
        moved.push(parameter.sub(velocity.ref.mul(rate.ref)));
        nextFirst.push(velocity);
      } else {
        moved.push(parameter.sub(gradient.mul(rate.ref)));
      }
    });
    rate.dispose();
    secondScale.dispose();
    return [moved, nextFirst, nextSecond, value] as [Tensor[], Tensor[], Tensor[], Tensor];
  };
}

/** {@link stepFunction}, compiled. */
export type Step = (
  ...args: [Tensor[], Tensor[], Tensor[], Tensor[], Tensor, Tensor, Tensor, Tensor]
) => [Tensor[], Tensor[], Tensor[], Tensor];

/** Begins training at `parameters` with fresh optimiser state. */
export function startRun(run: {
  readonly places: readonly TensorPlace[];
  readonly parameters: Float32Array;
  readonly optimiser: OptimiserSpec;
  readonly step: Step;
  readonly batchTensors: (batch: PaddedBatch) => [Tensor, Tensor];
}): TrainingRun {
  const { places, optimiser } = run;
  const zeros = () => places.map(({ shape }) => np.zeros([...shape]));
  const isAdam = optimiser.kind === "adam";
  let current = upload(places, run.parameters);
  const start = optimiser.proximal > 0 ? upload(places, run.parameters) : [];
  let first = isAdam || optimiser.momentum > 0 ? zeros() : [];
  let second = isAdam ? zeros() : [];
  let taken = 0;
  return {
    step: (batch, learningRate) => {
      taken += 1;
      const rate = isAdam ? learningRate / (1 - ADAM.beta1 ** taken) : learningRate;
      const secondScale = isAdam ? 1 / (1 - ADAM.beta2 ** taken) : 1;
      const [x, y] = run.batchTensors(batch);
      const scalars = [scalar(rate), scalar(secondScale)] as const;
      const [moved, nextFirst, nextSecond, value] = run.step(
        current,
        refs(start),
        first,
        second,
        x,
        y,
        ...scalars,
      );
      current = moved;
      first = nextFirst;
      second = nextSecond;
      return { loss: async () => (await value.data())[0] as number, drop: () => value.dispose() };
    },
    parameters: () => download(places, refs(current)),
    dispose: () => {
      for (const tensor of [...current, ...start, ...first, ...second]) tensor.dispose();
    },
  };
}
