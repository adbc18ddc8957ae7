import { countParameters } from "../../learning/model-spec.ts";
import { exactDuration } from "../../protocol/duration-text.ts";
import type { Manifest } from "../../protocol/manifest/manifest.ts";
import { amountText, NATIVE_COIN } from "../../protocol/market/token-amount.ts";
import { trainerCount } from "../../protocol/rule/round-terms.ts";
import { type DesignInput, keyToMake, PASSES, type TermsJson } from "./design-project.ts";

/** A decision, in words, for the owner's own file of reasons. */
export interface Choice {
  readonly setting: string;
  readonly value: string;
  readonly why: string;
}

/** What is learned, and from which columns. */
function dataChoices({ answers, summary }: DesignInput, { model }: Manifest): Choice[] {
  return [
    {
      setting: "model",
      value: `${answers.model}, ${countParameters(model)} parameters`,
      why: "Proving a round takes time in proportion to the parameters. Start small: a larger model can start from this one's result.",
    },
    {
      setting: "data.classes",
      value: summary.data.classes?.join(", ") ?? "",
      why: "In the order of the model's outputs; your data have these.",
    },
    ...(summary.data.table
      ? [
          {
            setting: "data.table",
            value: `class in "${summary.data.table.target}", from ${summary.data.table.columns.join(", ")}`,
            why: "Trainers' files need columns of these names, in any order; further columns are ignored.",
          },
        ]
      : []),
    ...summary.dropped.map(({ column, why }) => ({
      setting: "data.table",
      value: `without "${column}"`,
      why,
    })),
    ...(summary.data.normalisation
      ? [
          {
            setting: "data.normalisation",
            value: "means and deviations of your data",
            why: "Models learn from numbers around 0. These means are public; if they are a secret, write others.",
          },
        ]
      : []),
  ];
}

/** How trainers train, and what the owner keeps to judge them. */
function trainingChoices(
  { answers, sizes, calibration }: DesignInput,
  manifest: Manifest,
): Choice[] {
  const { training, evaluation, fixedPoint } = manifest;
  const { medianNorm, largestNorm } = calibration;
  return [
    {
      setting: "training.steps",
      value: `${training.steps} batches of ${training.batchSize}`,
      why: `About ${PASSES} passes over ${answers.samplesEach} samples. Steps, not passes: with equal work, updates are of similar length, and the rule compares lengths.`,
    },
    {
      setting: "training.learningRate",
      value: String(training.learningRate),
      why: "The largest of 0.1, 0.03 and 0.01 with which training on your data did not diverge.",
    },
    {
      setting: "fixedPoint",
      value: `${fixedPoint.fractionBits} fraction bits, ${fixedPoint.ditherBits} dither bits, clip norm ${fixedPoint.clipNorm}`,
      why: `Measured: honest updates on your data have length ${medianNorm.toPrecision(3)} (median), ${largestNorm.toPrecision(3)} (longest). Longer ones than twice that are shortened.`,
    },
    {
      setting: "evaluation.referenceSteps",
      value: String(evaluation.referenceSteps),
      why: "Three times a trainer's steps: a reference that ran on longer shows what trainers got wrong (docs/rules.md).",
    },
    {
      setting: "root set",
      value: `${sizes.root} samples`,
      why: "Decides who is accepted. Keep it secret: whoever has it can aim at it.",
    },
    {
      setting: "pay set",
      value: `${sizes.pay} samples`,
      why: "Decides who is paid how much. Secret, too, and disjoint from the root set, so that a leak of one does not spoil both.",
    },
    {
      setting: "validation set",
      value: `${sizes.validation} samples`,
      why: "Only reports accuracy; nothing depends on it.",
    },
    {
      setting: "privacy",
      value: "none",
      why: "Updates are read by the aggregators only, but they tell something about the data. For a bound on it set privacy.kind to gaussian (docs/privacy.md says what it costs).",
    },
  ];
}

/** Who takes part, under which rule, for what money, in what time. */
function marketChoices({ answers }: DesignInput, terms: TermsJson): Choice[] {
  const money = (wei: unknown) => amountText(BigInt(String(wei)), NATIVE_COIN);
  const seconds = (value: unknown) => exactDuration(Number(value));
  return [
    {
      setting: "slots",
      value: `${terms.slots}`,
      why: [
        `Three are yours; ${trainerCount(Number(terms.slots))} trainers fit, you expect ${answers.trainers}.`,
        ...(keyToMake(answers.rule, Number(terms.slots)) ?? []),
      ].join(" "),
    },
    {
      setting: "minTrainers",
      value: `${terms.minTrainers}`,
      why: "Fewer do not make a round: with two, the new model would show each what the other sent.",
    },
    {
      setting: "rule",
      value:
        answers.rule === "trust"
          ? "1, trust"
          : `2, multi-Krum: withstands ${terms.ruleParameterA}, selects ${terms.ruleParameterB}`,
      why:
        answers.rule === "trust"
          ? "Judges each update by your own reference, not by the majority. A round in which fewer than half are accepted is void."
          : "Takes the updates that lie closest together; it needs 2f + 3 trainers to withstand f.",
    },
    {
      setting: "budgetPerRoundWei",
      value: money(terms.budgetPerRoundWei),
      why: "Shared by those who helped in a round; what nobody earned moves to the next round.",
    },
    {
      setting: "stakeWei",
      value: money(terms.stakeWei),
      why: "What a trainer locks up and loses only for a fault that is proven: an update beyond the norm bound.",
    },
    {
      setting: "settleFeeWei",
      value: money(terms.settleFeeWei),
      why: "For the aggregator, each round: a settlement takes 0.5 to 0.9 million gas, by its slots. Too little, and nobody settles.",
    },
    {
      setting: "aggregatorBondWei",
      value: money(terms.aggregatorBondWei),
      why: "What an aggregator loses when it misses its turn.",
    },
    {
      setting: "phases",
      value: `joining ${seconds(terms.joinSeconds)}, then each round: training ${seconds(terms.commitSeconds)}, keys ${seconds(terms.revealSeconds)}, proof ${seconds(terms.settleSeconds)}`,
      why: "Most time a phase may take; it ends earlier when everybody is done. Longer phases forgive machines that are off at night.",
    },
  ];
}

/** Why the project is as it is, setting by setting. */
export const explainDesign = (
  input: DesignInput,
  manifest: Manifest,
  terms: TermsJson,
): Choice[] => [
  ...dataChoices(input, manifest),
  ...trainingChoices(input, manifest),
  ...marketChoices(input, terms),
];

/** The choices as a text file. */
export function choicesText(title: string, choices: readonly Choice[]): string {
  return [
    `# Why this project is as it is: ${title}`,
    "",
    "Written by `commonweight owner init`. Change manifest.json and terms.json as you like until the project is posted, and rehearse it then:",
    "fixedPoint and normBoundSquared were measured for this model and this training, and leave little of the updates of a larger one;",
    "nobody can change them afterwards.",
    "",
    ...choices.flatMap(({ setting, value, why }) => [`- **${setting}**: ${value}`, `  ${why}`]),
    "",
  ].join("\n");
}
