import { z } from "zod";
import { examinationSchema } from "../command-line/diagnosis.ts";
import {
  address,
  bytes32,
  count,
  event,
  integerText,
  type OutputSchemas,
  share,
  wei,
} from "../command-line/output-values.ts";
import { ROUND_PHASES } from "../protocol/market/phases.ts";

const contract = z.strictObject({ address, constructorArguments: z.array(z.unknown()) });

const upTrainer = z.strictObject({
  name: z.string(),
  address,
  verdict: z.string(),
  weight: count,
  share: count,
  earnedWei: wei,
});

/** What the commands for everybody write with `--json`. */
export const outputSchemas: OutputSchemas = {
  up: {
    result: z.strictObject({
      options: z.record(z.string(), z.unknown()),
      versions: z.strictObject({ node: z.string() }),
      projectId: integerText,
      initialAccuracy: share.nullable(),
      rounds: z.array(
        z.strictObject({
          roundIndex: count,
          accuracy: share.nullable(),
          gasUsed: integerText.nullable(),
          proofSeconds: z.number().nullable(),
          budgetWei: wei,
          paidWei: wei,
          trainers: z.array(upTrainer),
        }),
      ),
      voidRounds: z.array(
        z.strictObject({
          roundIndex: count,
          reason: z.string(),
          detail: count,
          blockNumber: count,
          transactionHash: bytes32,
        }),
      ),
      trainers: z.array(
        z.strictObject({
          name: z.string(),
          address,
          attack: z.string().nullable(),
          crashed: z.boolean(),
          earnedWei: wei,
          reliability: count,
        }),
      ),
      /** Of all processes together; null where the system does not tell. */
      peakMemoryMb: z.number().nullable(),
      totals: z.strictObject({ paidWei: wei, escrowLeftWei: wei, milliseconds: z.number() }),
      milliseconds: z.record(z.string(), z.number()),
    }),
  },
  chain: {
    events: z.strictObject({ type: z.literal("ready"), rpcUrl: z.url(), chainId: count }),
    result: z.strictObject({ type: z.literal("stopped"), rpcUrl: z.url(), chainId: count }),
  },
  keep: {
    events: event,
    result: z.strictObject({
      type: z.literal("finished"),
      projectId: integerText,
      phase: z.enum(ROUND_PHASES),
      /** With `--dry-run` what could be done now, otherwise what was done. */
      isDone: z.boolean(),
      steps: z.array(
        z.strictObject({
          kind: z.enum(["poke", "pay-out", "release"]),
          trainer: address.nullable(),
          transactionHash: bytes32.nullable(),
        }),
      ),
      /** Who cannot be paid out or released yet, and why. */
      waiting: z.array(z.strictObject({ trainer: address, why: z.string() })),
    }),
  },
  faucet: {
    result: z.strictObject({
      given: z.array(z.strictObject({ account: address, balanceWei: wei })),
    }),
  },
  deploy: {
    result: z.strictObject({
      chainId: integerText,
      addresses: z.strictObject({
        market: address,
        vault: address,
        registry: address,
        verifier: address,
        wrappedNative: address,
        deployBlock: count,
      }),
      contracts: z.record(z.string(), contract),
      configPath: z.string(),
      isDevelopment: z.literal(true),
    }),
  },
  doctor: { result: examinationSchema },
  networks: {
    result: z.strictObject({
      networks: z.array(
        z.strictObject({
          name: z.string(),
          isSelected: z.boolean(),
          rpcUrl: z.string(),
          chainId: count.optional(),
          market: address.optional(),
          wrappedNative: address.optional(),
          deployBlock: count.optional(),
        }),
      ),
    }),
  },
  "keys new": { result: z.strictObject({ address, path: z.string() }) },
  "keys show": {
    result: z.strictObject({
      address,
      path: z.string(),
      /** With `--check`, once the password has opened it. */
      isOpened: z.literal(true).optional(),
    }),
  },
};
