import { getAddress } from "ethers";
import { expect, it } from "vitest";
import type {
  ProjectHistory,
  TimedEvent,
} from "../../services/auditor/evidence/project-history.ts";
import { replayReliability } from "../../services/auditor/replay-reliability.ts";
import { packOutcome } from "../../services/protocol/round/public-signals.ts";
import type { Verdict } from "../../services/protocol/rule/verdicts.ts";

const NAMES = ["aa", "bb", "cc"].map((byte) => getAddress(`0x${byte.repeat(20)}`));
const [REJECTED, SECOND, THIRD] = NAMES as [string, string, string];
const AT = 1000;

const event = (name: string, transactionHash: string, args: object): TimedEvent => ({
  ...{ name, transactionHash, blockNumber: 1, at: AT },
  args: args as TimedEvent["args"],
});
const joined = (trainer: string, reliability: bigint, transactionHash: string) =>
  event("TrainerJoined", transactionHash, { trainer, reliability, stakeWei: 10n });

/** A round in which the first trainer is rejected. */
function settled(transactionHash: string): TimedEvent {
  const verdicts: Verdict[] = ["against-reference", "accepted", "accepted", "inactive", "inactive"];
  return event("RoundSettled", transactionHash, {
    outcomeWords: packOutcome({ verdicts, weights: [0, 512, 512, 0, 0], shares: [0, 1, 1, 0, 0] }),
    credits: NAMES.map((trainer) => BigInt(trainer) << 96n),
  });
}

/** Rejected, released as idle, back again, rejected a second time: expelled, for its strikes stayed. */
const history: Pick<ProjectHistory, "events" | "registry" | "present"> = {
  events: [
    // A second earlier: nothing fades within one.
    ...NAMES.map((trainer) => ({ ...joined(trainer, 32_768n, "0x1"), at: AT - 1 })),
    { ...settled("0x2"), at: AT - 1 },
    event("TrainerReleased", "0x3", { trainer: REJECTED, releasedBy: SECOND }),
    event("TrainerLeft", "0x3", { trainer: REJECTED, paidWei: 10n, reliability: 30_720n }),
    joined(REJECTED, 30_720n, "0x4"),
    event("TrainerExpelled", "0x5", { trainer: REJECTED, strikes: 2n }),
    settled("0x5"),
  ],
  registry: [
    {
      ...{ account: REJECTED, projectId: 1n, transactionHash: "0x3", at: AT },
      ...{ before: 32_768, reliability: 30_720 },
    },
  ],
  present: [
    { trainer: REJECTED, reliability: 28_800, reliabilityUpdatedAt: AT, strikes: 2 },
    { trainer: SECOND, reliability: 36_735, reliabilityUpdatedAt: AT, strikes: 0 },
    { trainer: THIRD, reliability: 36_735, reliabilityUpdatedAt: AT, strikes: 0 },
  ],
};

it("follows a trainer that lost its place and came back, with its strikes", () => {
  const { checks, trainers, steps } = replayReliability(history, { slots: 8, maxStrikes: 2 });

  expect(checks.filter(({ isPassed }) => !isPassed)).toEqual([]);
  const parts = trainers.filter(({ trainer }) => trainer === REJECTED);
  expect(parts.map(({ joinedWith, recomputed }) => [joinedWith, recomputed])).toEqual([
    [32_768, 30_720],
    [30_720, 28_800],
  ]);
  const scores = steps.filter(({ trainer }) => trainer === REJECTED).map(({ score }) => score);
  expect(scores).toEqual([30_720, 28_800]);
});

it("notices a wrong record of the part before", () => {
  const events = history.events.map((each) =>
    each.name === "TrainerLeft"
      ? { ...each, args: { ...each.args, reliability: 30_721n } as unknown as TimedEvent["args"] }
      : each,
  );

  const { checks } = replayReliability({ ...history, events }, { slots: 8, maxStrikes: 2 });

  expect(checks.find(({ name }) => name === "reliability")?.isPassed).toBe(false);
});
