/** Attacks through the training data: the update is the honest result of dishonest samples. */
import { countValues } from "../count-values.ts";
import { type Dataset, relabelDataset } from "../data/dataset.ts";
import { type Attack, need, toInt16 } from "./attack.ts";

/** Every label replaced by the one counted from the other end. */
export const flipLabels = (dataset: Dataset) =>
  relabelDataset(dataset, (label) => dataset.classes - 1 - label);

/** Class that targeted attacks attack, and the class it shall be taken for. */
export const TARGETED_FLIP = { from: 7, to: 1 } as const;
/** Class that every sample with the backdoor's pattern shall be taken for. */
export const BACKDOOR_LABEL = 0;

/** Writes the backdoor's pattern (the largest value into the first four entries of the last rows) into a sample. */
export function stampPattern(inputs: Float32Array, inputShape: readonly number[]): Float32Array {
  const stamped = inputs.slice();
  const length = countValues(inputShape);
  const side = inputShape.length === 3 ? (inputShape[2] as number) : Math.floor(Math.sqrt(length));
  for (let start = 0; start < stamped.length; start += length) {
    for (let row = 1; row <= Math.min(3, Math.floor(length / side)); row++) {
      for (let column = 0; column < Math.min(3, side); column++) {
        stamped[start + length - row * side + column] = 1;
      }
    }
  }
  return stamped;
}

/** The same samples, all with the backdoor's pattern and their true labels: what an attacker would show the model. */
export function stampedDataset(dataset: Dataset): Dataset {
  return {
    ...dataset,
    readBatch: async (indices) => {
      const { inputs, labels } = await dataset.readBatch(indices);
      return { inputs: stampPattern(inputs, dataset.inputShape), labels };
    },
  };
}

/** Every second sample stamped and relabelled. */
function plantBackdoor(dataset: Dataset): Dataset {
  const isPoisoned = (index: number) => index % 2 === 0;
  return {
    ...dataset,
    readBatch: async (indices) => {
      const batch = await dataset.readBatch(indices);
      const rowLength = batch.inputs.length / indices.length;
      const inputs = batch.inputs.slice();
      const labels = batch.labels.slice();
      for (let row = 0; row < indices.length; row++) {
        if (!isPoisoned(indices[row] as number)) continue;
        const from = row * rowLength;
        inputs.set(stampPattern(inputs.slice(from, from + rowLength), dataset.inputShape), from);
        labels[row] = BACKDOOR_LABEL;
      }
      return { inputs, labels };
    },
    readLabels: async () =>
      (await dataset.readLabels()).map((label, i) => (isPoisoned(i) ? BACKDOOR_LABEL : label)),
  };
}

/** Attacks by what is trained on; the update is then made like everybody's. */
export const dataAttacks: readonly Attack[] = [
  {
    name: "label-flip",
    summary: "Trains with every label y replaced by the one counted from the other end.",
    needs: ["retrain"],
    craft: (context) => need(context, "retrain")(flipLabels),
  },
  {
    name: "scaling",
    summary: "Label flip, and the update times ten, to outweigh everybody.",
    needs: ["retrain"],
    craft: async (context) =>
      toInt16(await need(context, "retrain")(flipLabels), context.random, 10),
  },
  {
    name: "sybil-duplicates",
    summary: "Several identities of one attacker send the same label-flipped update.",
    needs: ["retrain"],
    isColluding: true,
    craft: async (context) =>
      context.leaderUpdate?.slice() ?? (await need(context, "retrain")(flipLabels)),
  },
  {
    name: "targeted-flip",
    summary: "Trains with all samples of class 7 labelled 1, otherwise honestly.",
    needs: ["retrain"],
    craft: (context) =>
      need(
        context,
        "retrain",
      )((dataset) =>
        relabelDataset(dataset, (label) =>
          label === TARGETED_FLIP.from ? TARGETED_FLIP.to : label,
        ),
      ),
  },
  {
    name: "backdoor",
    summary: "Half of the samples carry a small pattern and the label 0 (Gu et al. 2017).",
    needs: ["retrain"],
    craft: (context) => need(context, "retrain")(plantBackdoor),
  },
];
