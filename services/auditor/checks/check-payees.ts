import type { VaultMove } from "../../adapters/chain/projects/vault-history.ts";
import { isSameAddress } from "../../protocol/address.ts";
import type { AuditCheck } from "../audit-check.ts";
import { type CreditsEvidence, type PayeeDue, payeesDue } from "../evidence/payees-due.ts";

/** What is compared: what the market credited, and what the vault moved, up to the same block. */
export interface PayeesEvidence extends CreditsEvidence {
  readonly moves: readonly VaultMove[];
  /** Every address that an account has ever wanted its money at. */
  readonly payoutAddresses: ReadonlyMap<string, readonly string[]>;
}

/** Participants who share a payout address, and what they got together. Most groups are of one. */
export interface PayeeGroup {
  readonly members: readonly PayeeDue[];
  readonly addresses: readonly string[];
  /** What had to leave the vault for them until now. */
  readonly dueWei: bigint;
  readonly paidWei: bigint;
}

const total = <T>(items: readonly T[], wei: (item: T) => bigint) =>
  items.reduce((sum, item) => sum + wei(item), 0n);

/** Everybody whom a project had to pay until now, with what the vault paid; and what it paid to nobody of them. */
export function payeeGroups(evidence: PayeesEvidence): {
  readonly groups: readonly PayeeGroup[];
  readonly strangers: readonly { readonly address: string; readonly paidWei: bigint }[];
} {
  const paid = evidence.moves.filter(({ kind }) => kind !== "deposited");
  const merged: { members: PayeeDue[]; addresses: string[] }[] = [];
  for (const member of payeesDue(evidence)) {
    const own = addressesOf(member, evidence);
    const touches = ({ addresses }: { addresses: string[] }) =>
      addresses.some((one) => own.some((other) => isSameAddress(one, other)));
    const same = merged.filter(touches);
    for (const group of same) merged.splice(merged.indexOf(group), 1);
    merged.push({
      members: [...same.flatMap(({ members }) => members), member],
      addresses: [...same.flatMap(({ addresses }) => addresses), ...own],
    });
  }
  const groups = merged.map(({ members, addresses }) => ({
    ...{ members, addresses: [...new Set(addresses)] },
    dueWei: total(members, ({ dueWei }) => dueWei),
    paidWei: total(
      paid.filter(({ account }) => addresses.some((each) => isSameAddress(each, account))),
      ({ amountWei }) => amountWei,
    ),
  }));
  const isKnown = (account: string) =>
    groups.some(({ addresses }) => addresses.some((each) => isSameAddress(each, account)));
  const strangers = paid
    .filter(({ account, amountWei }) => amountWei > 0n && !isKnown(account))
    .map(({ account, amountWei }) => ({ address: account, paidWei: amountWei }));
  return { groups, strangers };
}

/** Where an account's money may go: where it has ever wanted it, and to itself as long as it had said nothing. */
const addressesOf = (
  { account, role }: Pick<PayeeDue, "account" | "role">,
  { payoutAddresses }: Pick<PayeesEvidence, "payoutAddresses">,
): readonly string[] =>
  role === "trainer"
    ? (payoutAddresses.get(account) ?? [])
    : role === "aggregator"
      ? [account, ...(payoutAddresses.get(account) ?? [])]
      : [account];

/** Whether everybody got what the market credited it with, at an address that it had named, and nobody else got anything. */
export function checkPayees(evidence: PayeesEvidence): AuditCheck {
  const { groups, strangers } = payeeGroups(evidence);
  const [stranger] = strangers;
  const { rewardToken } = evidence.project.terms;
  const foreign = evidence.moves.find(({ token }) => !isSameAddress(token, rewardToken));
  const unpaid = evidence.events.find((event) => !isPaidOut(event, evidence));
  const wrong = groups.find(({ dueWei, paidWei }) => dueWei !== paidWei);
  const problem =
    foreign !== undefined
      ? `the vault moved ${foreign.token} for ${foreign.account}, which is not the project’s token`
      : unpaid !== undefined
        ? `${unpaid.args.trainer} left with ${unpaid.args.paidWei} wei, which the vault did not pay then`
        : stranger !== undefined
          ? `${stranger.paidWei} wei went to ${stranger.address}, which nobody of the project has named`
          : wrong &&
            `${wrong.members.map(({ account }) => account).join(" and ")} had ${wrong.dueWei} wei coming, the vault paid ${wrong.paidWei}`;
  return {
    name: "payees",
    isPassed: problem === undefined,
    detail:
      problem ??
      `${total(groups, ({ paidWei }) => paidWei)} wei paid to ${groups.filter(({ paidWei }) => paidWei > 0n).length} payees, each what it had coming, at an address of its own`,
  };
}

/** Whether a trainer who left got then what the event says. */
function isPaidOut(
  { name, args, transactionHash }: CreditsEvidence["events"][number],
  { moves, payoutAddresses }: PayeesEvidence,
): boolean {
  if (name !== "TrainerLeft" || BigInt(args.paidWei) === 0n) return true;
  const own = payoutAddresses.get(String(args.trainer)) ?? [];
  return moves.some(
    (move) =>
      move.kind !== "deposited" &&
      move.transactionHash === transactionHash &&
      move.amountWei === BigInt(args.paidWei) &&
      own.some((each) => isSameAddress(each, move.account)),
  );
}
