import type { Fate } from "./told-lies.ts";

/** A lie that an auditor who asks one node alone does not notice; its report says something else than that of whoever asks another node. */
export interface UnnoticedLie {
  /** As {@link Lie.kind}; `*` stands for any event, or any way to answer nonsense. */
  readonly kind: string;
  /** What the liar gains by it, and why no check tells. */
  readonly why: string;
  /** True for one that is noticed now and then, by what happens to stand beside. */
  readonly isSometimes?: boolean;
  /** What may become of it beside an honest node; the two disagree unless told. */
  readonly beside?: readonly Fate[];
}

const FINALITY =
  "which block is final is the node's word, and old nodes name none: another block is read, and the audit names it and what came after it";
const NAME = "no check needs it: the amounts that are checked are in the token's smallest unit";
const FILE =
  "the file's name only: what it holds is opened against commitments, by whoever reads it";

/** All of them, each looked at. */
export const unnoticedLies: readonly UnnoticedLie[] = [
  {
    kind: "the chain ends at an older block",
    why: "an honest node that is behind says the same; what is read is the truth of then, and beside an honest node it is believed up to 16 blocks",
  },
  {
    kind: "eth_getBlockByNumber that is read at: hash",
    why: "no event is in that block, and its header is not computed again; two reports of one block differ in it",
  },
  {
    kind: "eth_getBlockByNumber finalized: number",
    ...{ why: FINALITY, isSometimes: true },
    // The older of two final blocks is read: the lie has the honest one's block as an older or as a newer one.
    beside: ["another-report", "same-report"],
  },
  { kind: "eth_getBlockByNumber finalized is *", why: FINALITY, beside: ["another-report"] },
  {
    kind: "eth_call getRound is refused",
    why: "an honest node that keeps no old states says the same: the check of the rolling hash is skipped, and named as skipped",
  },
  {
    kind: "eth_call setupDescription.label",
    why: "words about the setup; the keys themselves are compared",
  },
  {
    kind: "eth_call setupDescription.checksum",
    why: "of the ceremony's file, which is compared when the auditor gives it with --srs",
  },
  ...[
    "eth_call symbol.[]",
    "eth_call symbol is *",
    "eth_call decimals.[]",
    "eth_call decimals is *",
  ].map((kind) => ({ kind, why: NAME })),
  ...["ProjectPosted.manifestCid", "UpdatesSubmitted.updates.bundleCid"].map((kind) => ({
    ...{ kind: `eth_getLogs ${kind}`, why: FILE },
  })),
  ...["referenceCid", "payGradientCid", "jobCid"].map((name) => ({
    ...{ kind: `eth_getLogs RoundOpened.${name}`, why: FILE },
  })),
  {
    kind: "eth_getLogs RoundOpened.seed",
    why: "who was drawn is not checked: the draw's numbers are the contract's own",
  },
  {
    kind: "eth_getLogs Deposited.from",
    why: "the sums are checked; by whose hand they came makes no difference to anybody's pay",
  },
  {
    kind: "eth_getLogs AggregatorBonded twice, at another place",
    why: "a bond is filled up to the full amount: twice is as good as once",
  },
  {
    kind: "eth_getLogs *: logIndex",
    why: "the place within its transaction, where no other event of the project stands; noticed where one does",
    isSometimes: true,
  },
];

const patternOf = ({ kind }: UnnoticedLie) =>
  new RegExp(`^${kind.split("*").map(literal).join(".+")}$`);
const literal = (text: string) => text.replace(/[.[\]()]/g, "\\$&");

/** Whether it is this lie. */
export const isLie = (listed: UnnoticedLie, kind: string): boolean => patternOf(listed).test(kind);
