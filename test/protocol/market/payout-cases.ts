import {
  budgetForReadable,
  type PayoutInput,
  roundPayouts,
} from "../../../services/protocol/market/payout.ts";
import { type Verdict, verdictCode } from "../../../services/protocol/rule/verdicts.ts";
import { vectorJson } from "../vector-json.ts";

interface PayoutCase {
  readonly name: string;
  /** Of the round; with `unread` less is paid from. */
  readonly budgetWei: bigint;
  /** Submissions that could not be read: the last ones, with the verdict `inactive`. Nobody unless said. */
  readonly unread?: number;
  readonly flatBps: number;
  readonly capBps: number;
  readonly shares: readonly number[];
  /** `accepted` for every trainer unless said. */
  readonly verdicts?: readonly Verdict[];
  /** 1024 for the first accepted trainer unless said. */
  readonly isVoid?: boolean;
}

const ETHER = 10n ** 18n;

/** The cases of `test/vectors/payout.json`. */
export const PAYOUT_CASES: readonly PayoutCase[] = [
  {
    name: "even shares",
    budgetWei: ETHER,
    flatBps: 1000,
    capBps: 5000,
    shares: [13107, 13107, 13107, 13107, 13107],
  },
  {
    name: "uneven shares",
    budgetWei: ETHER,
    flatBps: 1000,
    capBps: 5000,
    shares: [30000, 20000, 10000, 5000, 535],
  },
  {
    name: "the cap binds one trainer",
    budgetWei: ETHER,
    flatBps: 1000,
    capBps: 5000,
    shares: [60000, 5535, 0, 0, 0],
  },
  {
    name: "exactly at the cap",
    budgetWei: 655350000n,
    flatBps: 0,
    capBps: 5000,
    shares: [32767, 32768, 0, 0, 0],
  },
  {
    name: "a cap of everything",
    budgetWei: ETHER,
    flatBps: 1000,
    capBps: 10000,
    shares: [65535, 0, 0, 0, 0],
  },
  {
    name: "no flat part",
    budgetWei: 1_000_003n,
    flatBps: 0,
    capBps: 10000,
    shares: [21845, 21845, 21845, 0, 0],
  },
  {
    name: "flat part only",
    budgetWei: 1_000_003n,
    flatBps: 10000,
    capBps: 10000,
    shares: [21845, 21845, 21845, 0, 0],
  },
  {
    name: "rejected and absent trainers get no flat part",
    budgetWei: 7_777_777_777n,
    flatBps: 1000,
    capBps: 5000,
    shares: [40000, 0, 25535, 0, 0],
    verdicts: ["accepted", "against-reference", "accepted", "above-norm-bound", "inactive"],
  },
  {
    name: "an accepted trainer with share 0 gets the flat part",
    budgetWei: 7_777_777_777n,
    flatBps: 1000,
    capBps: 5000,
    shares: [65535, 0, 0, 0, 0],
    verdicts: ["accepted", "accepted", "accepted", "too-small", "stale-copy"],
  },
  {
    name: "nobody earned a share",
    budgetWei: ETHER,
    flatBps: 1000,
    capBps: 5000,
    shares: [0, 0, 0, 0, 0],
  },
  {
    name: "void round",
    budgetWei: ETHER,
    flatBps: 1000,
    capBps: 5000,
    shares: [0, 0, 0, 0, 0],
    isVoid: true,
  },
  {
    name: "void round with nobody accepted",
    budgetWei: ETHER,
    flatBps: 1000,
    capBps: 5000,
    shares: [0, 0, 0, 0, 0],
    isVoid: true,
    verdicts: ["against-reference", "too-small", "duplicate", "inactive", "inactive"],
  },
  {
    name: "budget of one wei",
    budgetWei: 1n,
    flatBps: 1000,
    capBps: 5000,
    shares: [65535, 0, 0, 0, 0],
  },
  {
    name: "budget of nothing",
    budgetWei: 0n,
    flatBps: 1000,
    capBps: 5000,
    shares: [65535, 0, 0, 0, 0],
  },
  {
    name: "largest budget",
    budgetWei: (1n << 96n) - 1n,
    flatBps: 1000,
    capBps: 5000,
    shares: [16384, 16384, 16384, 16383, 0],
  },
  {
    name: "one of five could not be read: the others share four fifths",
    budgetWei: ETHER,
    unread: 1,
    flatBps: 1000,
    capBps: 5000,
    shares: [16384, 16384, 16384, 16383, 0],
    verdicts: ["accepted", "accepted", "accepted", "accepted", "inactive"],
  },
  {
    name: "two of five, and a budget that they do not divide",
    budgetWei: 1_000_003n,
    unread: 2,
    flatBps: 1000,
    capBps: 10000,
    shares: [21845, 21845, 21845, 0, 0],
    verdicts: ["accepted", "accepted", "accepted", "inactive", "inactive"],
  },
  {
    name: "thirteen trainers",
    budgetWei: 123_456_789_012_345_678n,
    flatBps: 1000,
    capBps: 5000,
    shares: [5041, 5041, 5041, 5041, 5041, 5041, 5041, 5041, 5041, 5041, 5041, 5041, 5041],
  },
];

function payoutInput(payoutCase: PayoutCase): PayoutInput {
  const { budgetWei, flatBps, capBps, shares } = payoutCase;
  const verdicts = payoutCase.verdicts ?? shares.map((): Verdict => "accepted");
  const first = payoutCase.isVoid ? -1 : verdicts.indexOf("accepted");
  const weights = shares.map((_, trainer) => (trainer === first ? 1024 : 0));
  return {
    budgetWei: budgetForReadable(budgetWei, readableOf(payoutCase), shares.length),
    ...{ flatBps, capBps, outcome: { verdicts, weights, shares } },
  };
}

const readableOf = ({ shares, unread = 0 }: PayoutCase): number => shares.length - unread;

/** The text of `test/vectors/payout.json`. */
export function payoutVectors(): string {
  return vectorJson(
    PAYOUT_CASES.map((payoutCase) => {
      const input = payoutInput(payoutCase);
      const { payoutsWei, remainderWei } = roundPayouts(input);
      const { verdicts, weights, shares } = input.outcome;
      return {
        name: payoutCase.name,
        roundBudgetWei: payoutCase.budgetWei,
        readable: readableOf(payoutCase),
        submitted: payoutCase.shares.length,
        budgetWei: input.budgetWei,
        flatBps: input.flatBps,
        capBps: input.capBps,
        verdicts: verdicts.map(verdictCode),
        weights,
        shares,
        payoutsWei,
        remainderWei,
      };
    }),
  );
}
