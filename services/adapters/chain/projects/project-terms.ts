import type { JudgedTerms } from "../../../protocol/market/project-rules.ts";
import { enumName, type Raw, ZERO_ADDRESS } from "../contract-values.ts";

/** What a trainer's base weight follows from, in the order of the contract's enum. */
export const baseWeightKinds = ["equal", "bonded-stake"] as const;
/** Who may read a project's models, in the order of the contract's enum. */
export const modelVisibilities = ["public", "private"] as const;

/** All terms of a project, as in `contracts/types/ProjectTerms.sol`, where each is explained. */
export interface ProjectTerms extends JudgedTerms {
  readonly minReliability: number;
  readonly modelVisibility: (typeof modelVisibilities)[number];
  readonly maxStrikes: number;
  readonly usesPayGradient: boolean;
}

/** Terms as they came from the contract. */
export function toTerms(raw: Raw): ProjectTerms {
  const big = (name: string) => BigInt(raw[name] as unknown as bigint);
  const small = (name: string) => Number(raw[name]);
  return {
    rewardToken: String(raw.rewardToken),
    budgetPerRoundWei: big("budgetPerRoundWei"),
    referee: String(raw.referee),
    stakeWei: big("stakeWei"),
    fullWeightStakeWei: big("fullWeightStakeWei"),
    settleFeeWei: big("settleFeeWei"),
    normBoundSquared: big("normBoundSquared"),
    aggregatorBondWei: big("aggregatorBondWei"),
    joinSeconds: small("joinSeconds"),
    openSeconds: small("openSeconds"),
    commitSeconds: small("commitSeconds"),
    revealSeconds: small("revealSeconds"),
    settleSeconds: small("settleSeconds"),
    rounds: small("rounds"),
    extraRounds: small("extraRounds"),
    slots: small("slots"),
    ruleId: small("ruleId"),
    ruleParameterA: small("ruleParameterA"),
    ruleParameterB: small("ruleParameterB"),
    minTrainers: small("minTrainers"),
    maxTrainers: small("maxTrainers"),
    minReliability: small("minReliability"),
    parameterCount: small("parameterCount"),
    fractionBits: small("fractionBits"),
    flatBps: small("flatBps"),
    capBps: small("capBps"),
    baseWeightKind: enumName(baseWeightKinds, raw.baseWeightKind),
    modelVisibility: enumName(modelVisibilities, raw.modelVisibility),
    maxStrikes: small("maxStrikes"),
    payEvery: small("payEvery"),
    usesPayGradient: Boolean(raw.usesPayGradient),
    aggregators: [...(raw.aggregators as unknown as string[])].filter((a) => a !== ZERO_ADDRESS),
  };
}

/** Terms in the shape the contract takes. */
export function fromTerms(terms: ProjectTerms): Record<string, unknown> {
  return {
    ...terms,
    baseWeightKind: baseWeightKinds.indexOf(terms.baseWeightKind),
    modelVisibility: modelVisibilities.indexOf(terms.modelVisibility),
    aggregators: [0, 1, 2].map((index) => terms.aggregators[index] ?? ZERO_ADDRESS),
  };
}
