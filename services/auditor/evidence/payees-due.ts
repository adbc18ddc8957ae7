import { splitCredits } from "../../adapters/chain/projects/credits.ts";
import type { Project } from "../../adapters/chain/projects/project.ts";
import type { ProjectTrainer } from "../../adapters/chain/projects/project-trainer.ts";
import { isSameAddress } from "../../protocol/address.ts";
import { BURN_ADDRESS } from "./escrow-flow.ts";
import type { TimedEvent } from "./project-history.ts";

/** What the vault has to have paid somebody until now. */
export interface PayeeDue {
  readonly account: string;
  readonly role: "trainer" | "aggregator" | "owner" | "burned";
  /** For work: credits, fees, forfeited bonds of others. */
  readonly earnedWei: bigint;
  /** Own stake or bond, given back; what is left of the budget, for the owner. */
  readonly backWei: bigint;
  /** Of both, what the vault still holds. */
  readonly heldWei: bigint;
  /** What must have left the vault: `earnedWei + backWei - heldWei`. */
  readonly dueWei: bigint;
}

/** What the market says of everybody's money, all as of the same block. */
export interface CreditsEvidence {
  readonly events: readonly Pick<TimedEvent, "name" | "args" | "transactionHash">[];
  readonly project: Pick<Project, "owner" | "bondsWei" | "aggregatorsEarnedWei"> & {
    readonly terms: Pick<Project["terms"], "aggregators" | "settleFeeWei" | "rewardToken">;
  };
  readonly trainers: readonly Pick<ProjectTrainer, "trainer" | "earnedWei" | "stakeWei">[];
}

const due = (
  payee: Pick<PayeeDue, "account" | "role" | "earnedWei" | "backWei"> & { heldWei?: bigint },
): PayeeDue => {
  const { heldWei = 0n, ...rest } = payee;
  return { ...rest, heldWei, dueWei: rest.earnedWei + rest.backWei - heldWei };
};

/** Adds up, from the market's events, what everybody had coming: trainers in the order of joining, aggregators, the owner, burned stakes. */
export function payeesDue(evidence: CreditsEvidence): PayeeDue[] {
  const { events, project } = evidence;
  const all = (name: string) => events.filter((event) => event.name === name);
  const trainers = [...new Set(all("TrainerJoined").map(({ args }) => String(args.trainer)))];
  const refundWei = all("ProjectEnded").reduce((sum, { args }) => sum + BigInt(args.refundWei), 0n);
  const burnedWei = all("StakeSlashed").reduce((sum, { args }) => sum + BigInt(args.burnedWei), 0n);
  return [
    ...trainers.map((account) => trainerDue(account, evidence)),
    ...project.terms.aggregators.map((account, index) => aggregatorDue(account, index, evidence)),
    due({ account: project.owner, role: "owner", earnedWei: 0n, backWei: refundWei }),
    due({ account: BURN_ADDRESS, role: "burned", earnedWei: 0n, backWei: burnedWei }),
  ];
}

function trainerDue(account: string, { events, trainers }: CreditsEvidence): PayeeDue {
  const now = trainers.find(({ trainer }) => isSameAddress(trainer, account));
  let [earnedWei, backWei] = [0n, 0n];
  for (const { name, args } of events) {
    const isMine = isSameAddress(String(args.trainer), account);
    if (name === "RoundSettled") {
      const credits = splitCredits(args.credits);
      const place = credits.trainers.findIndex((each) => isSameAddress(each, account));
      earnedWei += credits.earningsWei[place] ?? 0n;
    } else if (name === "RoundVoided")
      earnedWei += forfeitOf(account, Number(args.roundIndex), events);
    else if (name === "TrainerJoined" && isMine) backWei += BigInt(args.stakeWei);
    else if (name === "StakeSlashed" && isMine) backWei -= BigInt(args.burnedWei);
  }
  const heldWei = (now?.earnedWei ?? 0n) + (now?.stakeWei ?? 0n);
  return due({ account, role: "trainer", earnedWei, backWei, heldWei });
}

/** An even part of the bonds that were forfeited in a round that nobody settled; those of a settled one are in its credits. */
function forfeitOf(account: string, roundIndex: number, events: CreditsEvidence["events"]): bigint {
  const ofRound = events.filter(({ args }) => Number(args.roundIndex) === roundIndex);
  if (ofRound.some(({ name }) => name === "RoundSettled")) return 0n;
  const submitted = ofRound.filter(({ name }) => name === "UpdateSubmitted");
  if (!submitted.some(({ args }) => isSameAddress(String(args.trainer), account))) return 0n;
  const forfeitedWei = ofRound
    .filter(({ name }) => name === "BondForfeited")
    .reduce((sum, { args }) => sum + BigInt(args.toTrainersWei), 0n);
  return forfeitedWei / BigInt(submitted.length);
}

function aggregatorDue(
  account: string,
  index: number,
  { events, project }: CreditsEvidence,
): PayeeDue {
  const isMe = (each: unknown) => isSameAddress(String(each), account);
  let [earnedWei, backWei, bondWei] = [0n, 0n, 0n];
  for (const { name, args, transactionHash } of events) {
    if (name === "RoundSettled" && isMe(args.settledBy)) earnedWei += project.terms.settleFeeWei;
    else if (name === "AggregatorBonded" && isMe(args.aggregator)) {
      // A bond is filled up to the full amount, whatever was left of it.
      backWei += BigInt(args.bondWei) - bondWei;
      bondWei = BigInt(args.bondWei);
    } else if (name === "BondForfeited") {
      const [settlerWei, trainersWei] = [BigInt(args.toSettlerWei), BigInt(args.toTrainersWei)];
      const settler = events.find(
        (each) => each.name === "RoundSettled" && each.transactionHash === transactionHash,
      );
      if (settler && isMe(settler.args.settledBy)) earnedWei += settlerWei;
      if (!isMe(args.aggregator)) continue;
      backWei -= settlerWei + trainersWei;
      bondWei -= settlerWei + trainersWei;
    }
  }
  const heldWei = (project.bondsWei[index] ?? 0n) + (project.aggregatorsEarnedWei[index] ?? 0n);
  return due({ account, role: "aggregator", earnedWei, backWei, heldWei });
}
