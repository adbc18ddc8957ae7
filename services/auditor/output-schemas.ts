import { z } from "zod";
import {
  address,
  bytes32,
  cid,
  count,
  integerText,
  type OutputSchemas,
  wei,
} from "../command-line/output-values.ts";
import { exclusionReasons } from "../protocol/round/settlement.ts";
import { VERDICTS } from "../protocol/rule/verdicts.ts";
import { auditReportSchema } from "./report/audit-report.ts";

/** What the commands of an auditor write with `--json`. */
export const outputSchemas: OutputSchemas = {
  audit: { result: auditReportSchema },
  explain: {
    result: z.strictObject({
      projectId: integerText,
      roundIndex: count,
      trainer: address,
      slot: count,
      submittedIn: bytes32,
      bundleCid: cid,
      settledIn: bytes32,
      verdict: z.enum(VERDICTS),
      reason: z.string(),
      isVoid: z.boolean(),
      acceptedTrainers: count,
      submittedTrainers: count,
      readableTrainers: count,
      baseWeight: count,
      weight: count,
      share: count,
      budgetWei: wei,
      flatBps: count,
      capBps: count,
      flatWei: wei,
      byShareWei: wei,
      capWei: wei,
      payoutWei: wei,
      forfeitWei: wei,
      earnedWei: wei,
    }),
  },
  exclusion: {
    result: z.strictObject({
      projectId: integerText,
      roundIndex: count,
      trainer: address,
      slot: count,
      bundleCid: cid,
      reason: z.enum(Object.values(exclusionReasons)),
      settledIn: bytes32,
      aggregator: address,
      explanation: z.string().nullable(),
      bundleBytes: count.nullable(),
      isKeyOnChain: z.boolean(),
      conclusion: z.enum(["confirmed", "refuted", "undecided"]),
      detail: z.string(),
    }),
  },
};
