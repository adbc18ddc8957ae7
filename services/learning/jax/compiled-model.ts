/** Where the arithmetic runs: WebAssembly everywhere, WebGPU in browsers that have it. */
export type ComputeDevice = "wasm" | "webgpu";

/** A batch at a fixed size: rows past `count` weigh nothing. `weight` is what each real row weighs in the loss. */
export interface PaddedBatch {
  readonly inputs: Float32Array;
  readonly labels: Int32Array;
  readonly count: number;
  readonly weight: number;
}

/** How parameters move along a gradient. */
export interface OptimiserSpec {
  readonly kind: "sgd" | "adam";
  /** SGD: share of the last velocity kept; 0 for plain SGD. */
  readonly momentum: number;
  /** FedProx (Li et al. 2020): strength of the pull back to the start; 0 for none. */
  readonly proximal: number;
  /** Added to the gradient, times the parameters; 0 for none. */
  readonly weightDecay: number;
}

/** Training in progress: parameters and optimiser state live on the device. */
export interface TrainingRun {
  /** Takes one step and returns the batch's loss, read later so that steps are not held up. */
  step(batch: PaddedBatch, learningRate: number): { loss(): Promise<number>; drop(): void };
  parameters(): Promise<Float32Array>;
  dispose(): void;
}

/** A model compiled for one batch size. */
export interface CompiledModel {
  readonly batchSize: number;
  train(parameters: Float32Array, optimiser: OptimiserSpec): TrainingRun;
  /** Sum over rows of `weight * loss`, and its gradient. */
  lossAndGradient(
    parameters: Float32Array,
    batch: PaddedBatch,
  ): Promise<{ loss: number; gradient: Float32Array }>;
  /** Logits of `batchSize` rows. */
  logits(parameters: Float32Array, inputs: Float32Array): Promise<Float32Array>;
}
