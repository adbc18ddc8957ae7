import { type ModelSpec, modelTensors, type TensorPlace } from "../model-spec.ts";
import { seededRandom } from "../random.ts";

/** Half-width of the uniform distribution of a tensor's start values (He et al. 2015; Glorot and Bengio 2010). */
function spread(tensor: TensorPlace): number {
  if (tensor.initialiser === "zeros") return 0;
  const fan = tensor.initialiser === "he-uniform" ? tensor.fanIn : tensor.fanIn + tensor.fanOut;
  return Math.sqrt(6 / fan);
}

/**
 * Start values of a model. The same bits on every machine: integer random numbers, and of floating point only
 * division, square root and multiplication, which IEEE 754 rounds the same everywhere. Each tensor has its own
 * stream, so adding a layer does not change the others.
 *
 * A model of bare tensors starts at zero: its owner supplies the real start as a file.
 */
export function initialiseParameters(model: ModelSpec): Float32Array {
  const tensors = modelTensors(model);
  const parameters = new Float32Array(tensors.reduce((sum, tensor) => sum + tensor.length, 0));
  for (const tensor of tensors) {
    const limit = spread(tensor);
    if (limit === 0 || model.kind === "tensors") continue;
    const random = seededRandom(`commonweight/init/${model.seed}/${tensor.name}`);
    for (let i = 0; i < tensor.length; i++) {
      parameters[tensor.offset + i] = (2 * random() - 1) * limit;
    }
  }
  return parameters;
}
