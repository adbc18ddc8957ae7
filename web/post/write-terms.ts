import { slotsFor } from "../../services/owner/design/design-project.ts";
import { trainerCount } from "../../services/protocol/rule/round-terms.ts";
import { type FieldReader, isAddress, NOBODY, type Refuse } from "./field-reader.ts";
import { parseOtherTerms } from "./other-terms.ts";
import type { PostingForm } from "./posting-form.ts";

/** What the form says about terms. */
export interface WrittenTerms {
  /** The terms as `owner post` reads them from a file; absent while a field cannot be read. */
  readonly text?: string;
  readonly slots?: number;
  readonly escrowWei?: bigint;
}

/** Writes the form's terms as a file of terms; whether the market takes them is for others to say. */
export function writeTerms(form: PostingForm, read: FieldReader, refuse: Refuse): WrittenTerms {
  const trainers = read.whole("trainers", 3, 29);
  const slots = trainers === undefined ? undefined : slotsFor(trainers);
  const counts = {
    minTrainers: read.whole("minTrainers", 3, 29),
    rounds: read.whole("rounds", 1, 10_000),
    extraRounds: read.whole("extraRounds", 0, 10_000),
  };
  const money = {
    budgetPerRoundWei: read.amount("budget"),
    stakeWei: read.amount("stake"),
    settleFeeWei: read.amount("fee"),
    aggregatorBondWei: read.amount("bond"),
    flatBps: read.bps("flatPercent"),
    capBps: read.bps("capPercent"),
  };
  const windows = {
    joinSeconds: read.seconds("join"),
    openSeconds: read.seconds("open"),
    commitSeconds: read.seconds("commit"),
    revealSeconds: read.seconds("reveal"),
    settleSeconds: read.seconds("settle"),
  };
  const rule = ruleTerms(form, read, counts.minTrainers);
  const rewardToken = read.address("token");
  const referee = read.address("referee");
  const aggregators = namedAggregators(form, refuse);
  const escrowWei = escrowOf({ ...counts, ...money });
  const found = {
    ...(slots === undefined ? {} : { slots }),
    ...(escrowWei === undefined ? {} : { escrowWei }),
  };
  const values = { ...counts, ...money, ...windows, ...rule, slots, rewardToken, referee };
  if (slots === undefined || Object.values(values).includes(undefined)) return found;
  const { rewardToken: token, referee: signer, ...terms } = values;
  const file = {
    ...{ ...terms, maxTrainers: trainerCount(slots), aggregators },
    ...(token === "" ? {} : { rewardToken: token }),
    ...(signer === "" ? {} : { referee: signer }),
    ...(form.visibility === "private" ? { modelVisibility: form.visibility } : {}),
    ...parseOtherTerms(form.otherTermsText),
  };
  const text = JSON.stringify(
    file,
    (_, value) => (typeof value === "bigint" ? value.toString() : value),
    2,
  );
  return { ...found, text };
}

function ruleTerms(form: PostingForm, read: FieldReader, minTrainers: number | undefined) {
  if (form.rule === "trust") return { ruleId: 1, ruleParameterA: 0, ruleParameterB: 0 };
  const withstand = read.whole("withstand", 1, 13);
  const selected =
    withstand === undefined || minTrainers === undefined
      ? undefined
      : Math.max(0, minTrainers - withstand);
  return { ruleId: 2, ruleParameterA: withstand, ruleParameterB: selected };
}

/** The aggregators of the form, or a stand-in while there is none that counts. */
function namedAggregators({ aggregators }: PostingForm, refuse: Refuse): readonly string[] {
  const wrong = aggregators.find((address) => !isAddress(address));
  if (wrong !== undefined) refuse("aggregators", `${wrong} is not an address.`);
  if (aggregators.length < 1 || aggregators.length > 3) {
    refuse("aggregators", `Choose one to three aggregators; there are ${aggregators.length}.`);
    return [NOBODY];
  }
  return wrong === undefined ? aggregators : [NOBODY];
}

/** Twin: `ProjectRules.requiredEscrow`. */
function escrowOf(values: {
  readonly budgetPerRoundWei: bigint | undefined;
  readonly settleFeeWei: bigint | undefined;
  readonly rounds: number | undefined;
  readonly extraRounds: number | undefined;
}): bigint | undefined {
  const { budgetPerRoundWei, settleFeeWei, rounds, extraRounds } = values;
  if (budgetPerRoundWei === undefined || settleFeeWei === undefined) return undefined;
  if (rounds === undefined || extraRounds === undefined) return undefined;
  return budgetPerRoundWei * BigInt(rounds) + settleFeeWei * BigInt(rounds + extraRounds);
}
