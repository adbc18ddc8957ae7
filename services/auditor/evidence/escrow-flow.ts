import type { Project } from "../../adapters/chain/projects/project.ts";
import type { ProjectTerms } from "../../adapters/chain/projects/project-terms.ts";
import type { ProjectTrainer } from "../../adapters/chain/projects/project-trainer.ts";
import type { VaultMove, VaultState } from "../../adapters/chain/projects/vault-history.ts";
import type { AuditCheck } from "../audit-check.ts";
import { type BudgetEvent, replayBudgets } from "./replay-budget.ts";

/** Everything that the chain says about a project's money, all as of the same block. */
export interface EscrowEvidence {
  /** All of the project's events in the chain's order. */
  readonly events: readonly BudgetEvent[];
  /** What the vault moved. */
  readonly moves: readonly Pick<VaultMove, "kind" | "account" | "amountWei">[];
  readonly terms: Pick<
    ProjectTerms,
    "budgetPerRoundWei" | "rounds" | "extraRounds" | "settleFeeWei" | "slots"
  >;
  readonly project: Pick<Project, "phase" | "rewardLeftWei" | "bondsWei" | "aggregatorsEarnedWei">;
  readonly trainers: readonly Pick<ProjectTrainer, "earnedWei" | "stakeWei">[];
  readonly vault: VaultState;
}

/** One kind of money, to the wei: `inWei + movedWei = paidWei + refundedWei + burnedWei + heldWei`. */
export interface MoneyRow {
  readonly kind: "rewards" | "fees" | "stakes" | "bonds";
  /** Deposited as this kind. */
  readonly inWei: bigint;
  /** Forfeited bonds: taken from bonds, given to trainers (rewards) and to whoever settled instead (fees). */
  readonly movedWei: bigint;
  /** Paid for work, or given back to whoever had staked or bonded it. */
  readonly paidWei: bigint;
  /** Returned to the owner. */
  readonly refundedWei: bigint;
  readonly burnedWei: bigint;
  /** In the vault's pot now. */
  readonly heldWei: bigint;
}

/** Where a project's money is. */
export interface EscrowFlow {
  readonly rows: readonly MoneyRow[];
  /** Part of what was paid whose transfer failed: the payees can withdraw it. */
  readonly keptWei: bigint;
  /** The sums above, which follow from the market's events, against what the vault moved and holds. */
  readonly checks: readonly AuditCheck[];
}

/** Where burned stakes go. Twin: `RoundSettlement.sol`. */
export const BURN_ADDRESS = "0x000000000000000000000000000000000000dead";

const sum = <T>(items: readonly T[], wei: (item: T) => bigint): bigint =>
  items.reduce((total, item) => total + wei(item), 0n);

/** Says where every wei of a project is, and checks it against the vault's own books. */
export function escrowFlow(evidence: EscrowEvidence): EscrowFlow {
  const { events, moves, terms, project, trainers } = evidence;
  const isEnded = project.phase === "ended";
  const all = (name: string) => events.filter((event) => event.name === name);
  const forfeits = all("BondForfeited");
  const toTrainersWei = sum(forfeits, ({ args }) => BigInt(args.toTrainersWei));
  const toSettlersWei = sum(forfeits, ({ args }) => BigInt(args.toSettlerWei));
  const { leftWei } = replayBudgets(events, terms);
  const bonds = replayBonds(events);
  const rewardsInWei =
    terms.budgetPerRoundWei * BigInt(terms.rounds) +
    sum(all("BudgetAdded"), ({ args }) => BigInt(args.amountWei));
  const creditedWei = rewardsInWei + toTrainersWei - leftWei;
  const creditHeldWei = sum(trainers, ({ earnedWei }) => earnedWei);
  const feesInWei = terms.settleFeeWei * BigInt(terms.rounds + terms.extraRounds);
  const feesDueWei = terms.settleFeeWei * BigInt(all("RoundSettled").length);
  const feesHeldWei = sum(project.aggregatorsEarnedWei, (wei) => wei);
  const stakesInWei = sum(all("TrainerJoined"), ({ args }) => BigInt(args.stakeWei));
  const burnedWei = sum(all("StakeSlashed"), ({ args }) => BigInt(args.burnedWei));
  const stakesHeldWei = sum(trainers, ({ stakeWei }) => stakeWei);
  const bondsHeldWei = sum(project.bondsWei, (wei) => wei);
  const unused = (wei: bigint) => (isEnded ? { refundedWei: wei } : { refundedWei: 0n });
  const still = (wei: bigint) => (isEnded ? 0n : wei);
  const none = { movedWei: 0n, refundedWei: 0n, burnedWei: 0n };
  const rows: MoneyRow[] = [
    {
      ...{ ...none, kind: "rewards", inWei: rewardsInWei, movedWei: toTrainersWei },
      ...{ paidWei: creditedWei - creditHeldWei, ...unused(leftWei) },
      heldWei: still(leftWei) + creditHeldWei,
    },
    {
      ...{ ...none, kind: "fees", inWei: feesInWei, movedWei: toSettlersWei },
      ...{ paidWei: feesDueWei + toSettlersWei - feesHeldWei, ...unused(feesInWei - feesDueWei) },
      heldWei: still(feesInWei - feesDueWei) + feesHeldWei,
    },
    {
      ...{ ...none, kind: "stakes", inWei: stakesInWei, burnedWei, heldWei: stakesHeldWei },
      paidWei: stakesInWei - burnedWei - stakesHeldWei,
    },
    {
      ...{ ...none, kind: "bonds", inWei: bonds.depositedWei, heldWei: bondsHeldWei },
      movedWei: -(toTrainersWei + toSettlersWei),
      paidWei: bonds.depositedWei - toTrainersWei - toSettlersWei - bondsHeldWei,
    },
  ];
  const keptWei = sum(
    moves.filter(({ kind }) => kind === "kept"),
    ({ amountWei }) => amountWei,
  );
  return { rows, keptWei, checks: checkFlow(evidence, rows, leftWei) };
}

/** A bond is filled up to the full amount, whatever was left of it. */
function replayBonds(events: readonly BudgetEvent[]): { readonly depositedWei: bigint } {
  const bonds = new Map<string, bigint>();
  let depositedWei = 0n;
  for (const { name, args } of events) {
    const before = bonds.get(String(args.aggregator)) ?? 0n;
    if (name === "AggregatorBonded") {
      depositedWei += BigInt(args.bondWei) - before;
      bonds.set(String(args.aggregator), BigInt(args.bondWei));
    } else if (name === "BondForfeited") {
      const takenWei = BigInt(args.toSettlerWei) + BigInt(args.toTrainersWei);
      bonds.set(String(args.aggregator), before - takenWei);
    }
  }
  return { depositedWei };
}

function checkFlow(
  { events, moves, project, vault }: EscrowEvidence,
  rows: readonly MoneyRow[],
  leftWei: bigint,
): AuditCheck[] {
  const moved = (isWanted: (move: (typeof moves)[number]) => boolean) =>
    sum(moves.filter(isWanted), ({ amountWei }) => amountWei);
  const isOut = ({ kind }: (typeof moves)[number]) => kind !== "deposited";
  const same = (name: string, toldWei: bigint, foundWei: bigint, what: string): AuditCheck => ({
    name,
    isPassed: toldWei === foundWei,
    detail:
      toldWei === foundWei
        ? `${foundWei} wei ${what}`
        : `the market's events make ${toldWei} wei, but ${foundWei} wei ${what}`,
  });
  const outWei = (row: MoneyRow) => row.paidWei + row.refundedWei + row.burnedWei;
  const inWei = sum(rows, (row) => row.inWei);
  const end = events.find(({ name }) => name === "ProjectEnded");
  const isCovered = vault.balanceWei >= vault.owedWei && vault.owedWei >= vault.potWei;
  return [
    same(
      "deposits",
      inWei,
      moved((move) => !isOut(move)),
      "came into the vault",
    ),
    same("payments", sum(rows, outWei), moved(isOut), "left the vault"),
    same(
      "burned stakes",
      sum(rows, (row) => row.burnedWei),
      moved((move) => isOut(move) && move.account.toLowerCase() === BURN_ADDRESS),
      "went to the address without a key",
    ),
    end === undefined
      ? same("budget left", leftWei, project.rewardLeftWei, "are left for coming rounds")
      : same(
          "refund",
          sum(rows, (row) => row.refundedWei),
          BigInt(end.args.refundWei),
          "were refunded to the owner",
        ),
    same(
      "pot",
      sum(rows, (row) => row.heldWei),
      vault.potWei,
      "are in the project's pot",
    ),
    {
      name: "vault",
      isPassed: isCovered,
      detail: `the vault has ${vault.balanceWei} wei of the token and owes ${vault.owedWei} wei to all projects and payees`,
    },
  ];
}

/** The whole flow as one check of an audit: what it found is the same for whoever looks at the same events. */
export function checkEscrow(evidence: EscrowEvidence): AuditCheck {
  const { rows, checks } = escrowFlow(evidence);
  const wrong = checks.filter(({ isPassed }) => isPassed !== true);
  const total = (wei: (row: MoneyRow) => bigint) => sum(rows, wei);
  return {
    name: "escrow",
    isPassed: wrong.length === 0,
    detail:
      wrong.length > 0
        ? wrong.map(({ name, detail }) => `${name}: ${detail}`).join("; ")
        : `${total((row) => row.inWei)} wei came in: ${total((row) => row.paidWei)} paid or given back, ${total((row) => row.refundedWei)} refunded, ${total((row) => row.burnedWei)} burned, ${total((row) => row.heldWei)} still held`,
  };
}
