import type { Participant } from "../../services/adapters/chain/projects/participant.ts";
import type { ProjectTrainer } from "../../services/adapters/chain/projects/project-trainer.ts";
import type { Settlement } from "../../services/adapters/chain/rounds/settlements.ts";
import type { BudgetEvent } from "../../services/auditor/evidence/replay-budget.ts";
import { unpackOutcome } from "../../services/protocol/round/public-signals.ts";
import type { Verdict } from "../../services/protocol/rule/verdicts.ts";

/** What somebody did in a project and got for it, whether still in it or not. Reliability: 0 to 65535. */
export interface ParticipantRow {
  readonly trainer: string;
  readonly state: "taking part" | "leaving" | "expelled" | "stake burned" | "left";
  readonly submitted: number;
  readonly accepted: number;
  /** Removed by the proven rule. */
  readonly removed: number;
  readonly earnedWei: bigint;
  readonly joinedWith: number;
  /** In this project: now, or when it left. */
  readonly reliability: number;
  /** In all projects together, as the registry has it now. */
  readonly overall: number | null;
  readonly strikes: number | null;
  /** In a row, 0 to 3. */
  readonly missedRounds: number | null;
}

/** Neither taken nor refused by a proof. */
const undecided: ReadonlySet<Verdict> = new Set(["inactive", "not-selected"]);

/** Everybody who ever joined a project, in the order of joining. */
export function participantRows(history: {
  readonly events: readonly BudgetEvent[];
  readonly trainers: readonly ProjectTrainer[];
  readonly participants: readonly Participant[];
  readonly settlements: readonly Settlement[];
  readonly slots: number;
}): ParticipantRow[] {
  const { events, trainers, participants, settlements, slots } = history;
  const verdicts = settlements.flatMap(({ outcomeWords, trainers: inRound, earningsWei }) => {
    const outcome = unpackOutcome(outcomeWords, slots);
    const isVoid = outcome.weights.every((weight) => weight === 0);
    return inRound.map((trainer, index) => ({
      trainer,
      // A void round decides about nobody.
      verdict: isVoid ? "inactive" : (outcome.verdicts[index] ?? "inactive"),
      earnedWei: earningsWei[index] ?? 0n,
    }));
  });
  const about = (name: string, trainer: string) =>
    events.filter((event) => event.name === name && String(event.args.trainer) === trainer);
  const joined = events.filter(({ name }) => name === "TrainerJoined");
  return joined
    .filter(
      ({ args }, place) =>
        // Who was released and came back is one participant.
        joined.findIndex((other) => other.args.trainer === args.trainer) === place,
    )
    .map(({ args }) => {
      const trainer = String(args.trainer);
      const present = trainers.find((each) => each.trainer === trainer);
      const left = about("TrainerLeft", trainer).at(-1);
      const mine = verdicts.filter((each) => each.trainer === trainer);
      const accepted = mine.filter(({ verdict }) => verdict === "accepted").length;
      const removed = mine.filter(({ verdict }) => !undecided.has(verdict)).length - accepted;
      const joinedWith = Number(args.reliability);
      return {
        ...{ trainer, joinedWith, accepted, removed },
        state: stateOf(present, {
          isSlashed: about("StakeSlashed", trainer).length > 0,
          isExpelled: about("TrainerExpelled", trainer).length > 0,
        }),
        submitted: about("UpdateSubmitted", trainer).length,
        earnedWei: mine.reduce((sum, { earnedWei }) => sum + earnedWei, 0n),
        reliability: present?.reliability ?? Number(left?.args.reliability ?? joinedWith),
        overall: participants.find(({ account }) => account === trainer)?.reliability ?? null,
        strikes: present?.strikes ?? null,
        missedRounds: present?.missedRounds ?? null,
      };
    });
}

function stateOf(
  present: ProjectTrainer | undefined,
  { isSlashed, isExpelled }: { readonly isSlashed: boolean; readonly isExpelled: boolean },
): ParticipantRow["state"] {
  if (isSlashed) return "stake burned";
  if (isExpelled) return "expelled";
  if (present === undefined) return "left";
  return present.status === "leaving" ? "leaving" : "taking part";
}
