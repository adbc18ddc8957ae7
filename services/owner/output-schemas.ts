import { z } from "zod";
import {
  bytes32,
  cid,
  count,
  event,
  integerText,
  type OutputSchemas,
  point,
  receipt,
  share,
  wei,
} from "../command-line/output-values.ts";
import { modelOutput, projectOutput, trainerOutput } from "../command-line/project-values.ts";
import { manifestSchema } from "../protocol/manifest/manifest.ts";
import { VERDICTS } from "../protocol/rule/verdicts.ts";

const setSizes = z.strictObject({ root: count, pay: count, validation: count, rest: count });

const rehearsedRound = z.strictObject({
  roundIndex: count,
  accuracy: share,
  loss: z.number().nullable(),
  isVoid: z.boolean(),
  verdicts: z.array(z.enum(VERDICTS)),
  weights: z.array(count),
  payoutsWei: z.array(wei),
  /** Cosines between what the rule compared, one name and one row each. */
  similarities: z.strictObject({
    names: z.array(z.string()),
    cosines: z.array(z.array(z.number())),
  }),
});

/** What the commands of an owner write with `--json`. */
export const outputSchemas: OutputSchemas = {
  "owner init": {
    result: z.strictObject({
      folder: z.string(),
      files: z.array(z.string()),
      manifest: manifestSchema,
      /** As in `terms.json`, which `owner post` completes. */
      terms: z.record(z.string(), z.unknown()),
      choices: z.array(z.strictObject({ setting: z.string(), value: z.string(), why: z.string() })),
      samples: setSizes,
      /** What the owner's data look like, as the command tells people before it asks anything. */
      data: z.strictObject({
        samples: count,
        classCounts: z.array(count),
        told: z.array(z.strictObject({ column: z.string(), what: z.string() })),
        dropped: z.array(z.strictObject({ column: z.string(), why: z.string() })),
        warnings: z.array(z.string()),
      }),
    }),
  },
  "owner rehearse": {
    result: z.strictObject({
      rounds: z.array(rehearsedRound),
      isAttacker: z.array(z.boolean()),
      finalAccuracy: share,
      finalLoss: z.number().nullable(),
      /** Of the samples that accuracy is measured on: what always saying the commonest class comes to. */
      commonestShare: share,
      voidRounds: count,
      missedShare: share.nullable(),
      falseRemovalShare: share,
      attackerPayShare: share,
      paidWei: wei,
      seconds: z.number(),
      findings: z.array(z.string()),
    }),
  },
  "owner post": {
    result: z.strictObject({
      projectId: integerText,
      transactionHash: bytes32,
      gasUsed: integerText,
      escrowWei: wei,
      manifestCid: cid,
      modelCid: cid,
    }),
  },
  "owner reference": {
    events: event,
    result: z.strictObject({
      type: z.literal("finished"),
      projectId: integerText,
      references: z.array(count),
      releases: z.array(z.strictObject({ roundIndex: count, to: z.string() })),
      evaluations: z.array(
        z.strictObject({ version: count, accuracy: share, loss: z.number().nullable() }),
      ),
    }),
  },
  "owner status": {
    result: z.strictObject({
      project: projectOutput,
      trainers: z.array(trainerOutput),
      models: z.array(modelOutput),
    }),
  },
  "owner watch": {
    events: event,
    result: z.strictObject({ type: z.literal("finished"), projectId: integerText }),
  },
  "owner fund": {
    result: z.strictObject({ projectId: integerText, amountWei: wei, receipt }),
  },
  "owner stop": { result: z.strictObject({ projectId: integerText, receipt }) },
  "owner pull": {
    result: z.strictObject({
      projectId: integerText,
      version: count,
      roundIndex: count,
      cid,
      commitment: point,
      format: z.string(),
      path: z.string(),
      bytes: count,
      manifestPath: z.string().nullable(),
    }),
  },
  "owner predict": {
    result: z.strictObject({
      projectId: integerText,
      version: count,
      roundIndex: count,
      cid,
      path: z.string(),
      samples: count,
      classes: z.array(z.strictObject({ name: z.string(), samples: count })),
      meanConfidence: share,
    }),
  },
  "owner evaluate": {
    result: z.strictObject({
      projectId: integerText,
      version: count,
      roundIndex: count,
      cid,
      classes: z.array(z.string()),
      samples: count,
      accuracy: share,
      loss: z.number().nullable(),
      confusion: z.array(z.array(count)),
    }),
  },
};
