import { z } from "zod";
import { trainerStatuses } from "../adapters/chain/projects/project-trainer.ts";
import {
  address,
  bytes32,
  count,
  event,
  integerText,
  type OutputSchemas,
  receipt,
  seconds,
  share,
  wei,
} from "../command-line/output-values.ts";
import { projectOutput, trainerOutput } from "../command-line/project-values.ts";

const pay = z.strictObject({
  basis: z.enum(["own-rounds", "rounds", "equal-shares"]),
  rounds: count,
  selectedChance: share,
  acceptedChance: share,
  acceptedTrainers: count,
  share,
  acceptedWei: wei,
  lowWei: wei,
  highWei: wei,
  perRoundWei: wei,
});

const record = z.strictObject({
  pay,
  roundSeconds: z.number().positive(),
  roundSecondsFrom: z.enum(["measured", "longest"]),
  roundsLeft: count,
  perHourWei: wei,
});

const effort = z.strictObject({
  trainingSeconds: z.number().positive(),
  verifySeconds: z.number().positive(),
  commitSeconds: z.number().positive(),
  totalSeconds: z.number().positive(),
  steps: count,
  measuredSteps: count,
  uploadBytes: count,
});

const quote = z.strictObject({
  rounds: count,
  expectedWei: wei,
  entryGasWei: wei,
  roundGasWei: wei,
  gasPriceWei: wei,
  roundMachineWei: wei,
  stakeWei: wei,
  isComparable: z.boolean(),
  perRoundNetWei: wei.nullable(),
  netWei: wei.nullable(),
  perMachineHourWei: wei.nullable(),
  breakEven: z
    .strictObject({
      afterRounds: count.nullable(),
      leastPerRoundWei: wei,
      leastAccepted: z.number().nullable(),
    })
    .nullable(),
});

const change = z.strictObject({ before: z.number(), after: z.number() });

const practice = z.strictObject({
  score: z.int().min(0).max(100),
  verdict: z.string(),
  alignment: z.number().min(-1.001).max(1.001),
  relativeLength: z.number().nonnegative(),
  trainedSamples: count,
  heldBackSamples: count,
  loss: change,
  accuracy: change,
  saturatedShare: share,
});

const participant = z.strictObject({
  account: address,
  encryptionKey: bytes32,
  payoutAddress: address,
  pendingPayoutAddress: address,
  payoutChangesAt: seconds,
  reliability: count,
  registeredAt: seconds,
  endpoint: z.string(),
});

/** What the commands of a trainer write with `--json`. */
export const outputSchemas: OutputSchemas = {
  "worker projects": {
    result: z.array(
      // With --titles; null where nobody serves the manifest.
      projectOutput.extend({ record, title: z.string().nullable().optional() }),
    ),
  },
  "worker quote": {
    result: z.strictObject({
      projectId: integerText,
      title: z.string(),
      rewardToken: address,
      record,
      effort: effort.nullable(),
      quote,
      problems: z.array(z.string()),
    }),
  },
  "worker fit": {
    result: z.strictObject({
      isFit: z.boolean(),
      findings: z.array(
        z.strictObject({ severity: z.enum(["blocking", "warning"]), message: z.string() }),
      ),
      samples: count,
      inputShape: z.array(count),
      classCounts: z.array(count),
      range: z.strictObject({
        min: z.number(),
        max: z.number(),
        mean: z.number(),
        deviation: z.number(),
      }),
      constantFeatures: count,
      samplesLookedAt: count,
      modelFrom: z.enum(["newest", "initial"]).nullable(),
      practice: practice.nullable(),
      noPractice: z.string().nullable(),
    }),
  },
  "worker join": {
    result: z.strictObject({
      projectId: integerText,
      account: address,
      stakeWei: wei,
      isNew: z.boolean(),
    }),
  },
  "worker run": { events: event, result: z.strictObject({ type: z.literal("finished") }) },
  "worker status": {
    result: z.strictObject({
      projectId: integerText,
      account: address,
      trainer: trainerOutput,
      participant,
      rounds: z.array(
        z.strictObject({
          roundIndex: count,
          verdict: z.string(),
          share: count,
          earnedWei: wei,
        }),
      ),
      /** In all rounds; `trainer.earnedWei` is what of it has not been paid out. */
      earnedWei: wei,
      claimWei: wei,
    }),
  },
  "worker leave": {
    result: z.strictObject({
      projectId: integerText,
      account: address,
      status: z.enum(trainerStatuses),
      receipt,
    }),
  },
  "worker withdraw": {
    result: z.strictObject({
      account: address,
      token: address,
      amountWei: wei,
      /** These two when there was something to take. */
      to: address.optional(),
      receipt: receipt.optional(),
    }),
  },
};
