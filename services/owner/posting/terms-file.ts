import { z } from "zod";
import { isAddress } from "../../adapters/chain/is-address.ts";
import {
  baseWeightKinds,
  modelVisibilities,
  type ProjectTerms,
} from "../../adapters/chain/projects/project-terms.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import type { Manifest } from "../../protocol/manifest/manifest.ts";
import { ownerErrors } from "../errors.ts";

const MOST_AGGREGATORS = 3;

const address = z
  .string()
  .refine(
    isAddress,
    "expected an address: 0x and 40 hexadecimal digits, with the right checksum if in mixed case",
  );
const wei = z
  .string()
  .regex(/^\d{1,30}$/, "expected wei as a decimal number in quotes")
  .transform(BigInt);
const count = (most: number) => z.int().min(0).max(most);

const termsFields = z.strictObject({
  rewardToken: address.optional(),
  budgetPerRoundWei: wei,
  referee: address.optional(),
  stakeWei: wei,
  fullWeightStakeWei: wei.default(0n),
  settleFeeWei: wei.default(0n),
  normBoundSquared: wei.optional(),
  aggregatorBondWei: wei.default(0n),
  joinSeconds: count(2 ** 31),
  openSeconds: count(2 ** 31),
  commitSeconds: count(2 ** 31),
  revealSeconds: count(2 ** 31),
  settleSeconds: count(2 ** 31),
  rounds: count(65_535),
  extraRounds: count(65_535).default(3),
  slots: z.union([z.literal(8), z.literal(16), z.literal(32)]).default(8),
  ruleId: z.union([z.literal(1), z.literal(2)]).default(1),
  ruleParameterA: count(31).default(0),
  ruleParameterB: count(31).default(0),
  minTrainers: count(29),
  maxTrainers: count(40).optional(),
  minReliability: count(65_535).default(0),
  flatBps: count(10_000).default(1000),
  capBps: count(10_000).default(5000),
  baseWeightKind: z.enum(baseWeightKinds).default("equal"),
  modelVisibility: z.enum(modelVisibilities).default("public"),
  maxStrikes: count(255).default(0),
  payEvery: z.int().min(1).max(65_535).default(1),
  usesPayGradient: z.boolean().default(true),
  aggregators: z.array(address).max(MOST_AGGREGATORS).default([]),
});

const termsSchema = termsFields.refine(
  ({ aggregatorBondWei, budgetPerRoundWei, rounds }) =>
    // Of a budget of nothing the contract says enough.
    budgetPerRoundWei === 0n || aggregatorBondWei <= budgetPerRoundWei * BigInt(rounds),
  {
    path: ["aggregatorBondWei"],
    message: "more than all rounds pay together, and so no aggregator puts it up",
  },
);

/** Terms without what follows from the manifest. */
export type PostableTerms = Omit<ProjectTerms, "parameterCount" | "fractionBits">;

/**
 * Reads a file of terms. What it leaves out: the reward token (the market's wrapper of the native coin), the referee (who posts), the
 * norm bound (four times the manifest's clip norm, which honest updates never reach) and the most trainers (every slot).
 *
 * @throws CW4012 naming every field that is wrong.
 */
export function parseTerms(
  text: string,
  around: {
    readonly manifest: Pick<Manifest, "fixedPoint">;
    readonly wrappedNative: string;
    readonly account: string;
    /** Instead of the file's. */
    readonly aggregators?: readonly string[] | undefined;
    /** Aggregators that the market knows, for whoever names none. */
    readonly registered?: readonly string[] | undefined;
  },
): PostableTerms {
  const terms = readTermsFile(text);
  const aggregators = around.aggregators ?? terms.aggregators;
  if (aggregators.length < 1 || aggregators.length > MOST_AGGREGATORS) {
    throw new CommonweightError(
      ownerErrors.termsInvalid,
      `aggregators: ${aggregators.length}; name one to three, in the file or with --aggregator${registeredText(around.registered)}`,
    );
  }
  const { fractionBits, clipNorm } = around.manifest.fixedPoint;
  const bound = BigInt(Math.ceil(4 * clipNorm * 2 ** fractionBits));
  return {
    ...terms,
    aggregators,
    rewardToken: terms.rewardToken ?? around.wrappedNative,
    referee: terms.referee ?? around.account,
    normBoundSquared: terms.normBoundSquared ?? bound * bound,
    maxTrainers: terms.maxTrainers ?? terms.slots - 3,
  };
}

function registeredText(registered: readonly string[] | undefined): string {
  if (registered === undefined) return "";
  return registered.length === 0
    ? "; none has registered on this market: whoever runs `commonweight aggregator run` does"
    : `; registered on this market: ${registered.slice(0, MOST_AGGREGATORS).join(", ")}`;
}

/** Reads a file of terms as it is. @throws CW4012 naming every field that is wrong. */
export function readTermsFile(text: string): z.infer<typeof termsSchema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new CommonweightError(ownerErrors.termsInvalid, "not JSON", { cause });
  }
  const parsed = termsSchema.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `${path.join(".") || "(root)"}: ${message}`,
    );
    throw new CommonweightError(ownerErrors.termsInvalid, problems.join("\n"), {
      details: { problems },
    });
  }
  return parsed.data;
}
