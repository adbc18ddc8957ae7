import { toPoint } from "../../adapters/chain/contract-values.ts";
import type { Project } from "../../adapters/chain/projects/project.ts";
import { voidReasons } from "../../adapters/chain/rounds/round-events.ts";
import { includesAddress, isSameAddress } from "../../protocol/address.ts";
import { isSamePoint } from "../../protocol/curve.ts";
import type { AuditCheck } from "../audit-check.ts";
import type { TimedEvent } from "../evidence/project-history.ts";

/** What the story of a project's rounds is checked against: the contract's own state after its last event. */
export interface RoundsEvidence {
  readonly events: readonly TimedEvent[];
  readonly project: Pick<
    Project,
    "phase" | "nextRoundIndex" | "appliedRounds" | "modelCommitment" | "isStopAnnounced"
  > & {
    readonly terms: Pick<
      Project["terms"],
      "aggregators" | "commitSeconds" | "rounds" | "extraRounds"
    >;
  };
}

/** In the order of the contract's enum. */
const END_REASONS = [
  "all rounds applied",
  "attempts used up",
  "stopped by the owner",
  "nobody opened",
] as const;

/**
 * Whether the events tell the whole story of the project's rounds: each was opened once, by an aggregator of the project, and ended once;
 * hand-ins came in time and from trainers who were drawn; each applied round made one model, and the last one is the contract's. What is
 * left out of the events, told twice or told of another round does not fit.
 */
export function checkRounds(evidence: RoundsEvidence): AuditCheck {
  const { nextRoundIndex, appliedRounds } = evidence.project;
  const problem = findProblem(evidence);
  const ended = evidence.events.filter(
    ({ name }) => name === "RoundSettled" || name === "RoundVoided",
  );
  const isOpen =
    nextRoundIndex > 0 && !ended.some(({ args }) => Number(args.roundIndex) === nextRoundIndex - 1);
  return {
    name: "rounds",
    isPassed: problem === undefined,
    detail:
      problem ??
      `${nextRoundIndex} rounds opened, ${appliedRounds} of them applied, each with one beginning and one end${isOpen ? "; the last is open" : ""}`,
  };
}

function findProblem(evidence: RoundsEvidence): string | undefined {
  const { events, project } = evidence;
  const all = (name: string) => events.filter((event) => event.name === name);
  const openings = all("RoundOpened");
  const opened = openings.map(({ args }) => Number(args.roundIndex));
  const expected = Array.from({ length: project.nextRoundIndex }, (_, index) => index);
  if (opened.join() !== expected.join()) {
    return `the contract has opened ${project.nextRoundIndex} rounds, the events say ${opened.join(", ") || "none"}`;
  }
  for (const opening of openings) {
    const problem = roundProblem(opening, evidence);
    if (problem !== undefined) return `round ${opening.args.roundIndex}: ${problem}`;
  }
  return modelProblem(evidence) ?? endProblem(evidence);
}

function roundProblem(
  opening: TimedEvent,
  { events, project }: RoundsEvidence,
): string | undefined {
  const roundIndex = Number(opening.args.roundIndex);
  const { terms } = project;
  const ofRound = (name: string) =>
    events.filter((event) => event.name === name && Number(event.args.roundIndex) === roundIndex);
  const isAggregator = (account: unknown) => includesAddress(terms.aggregators, String(account));
  const [settled, ...more] = ofRound("RoundSettled");
  const voided = ofRound("RoundVoided");
  const closed = ofRound("CommitPhaseClosed");
  if (!isAggregator(opening.args.aggregator)) return "opened by nobody's aggregator";
  const closesAt = Number(opening.args.commitClosesAt);
  if (closesAt !== opening.at + terms.commitSeconds) return "training ends at another time";
  if (closed.length > 1 || closed.some(({ args, at }) => Number(args.closedAt) !== at)) {
    return "training ended early twice, or at another time";
  }
  const endedAt = closed[0]?.at ?? closesAt;
  const late = ofRound("UpdateSubmitted").find(({ at }) => at < opening.at || at > endedAt);
  if (late !== undefined) return `${late.args.trainer} handed in outside of the commit phase`;
  const undrawn = ofRound("UpdateSubmitted").find(
    ({ args, blockNumber }) =>
      ((BigInt(opening.args.eligibleMask) >> placeOf(events, args.trainer, blockNumber)) & 1n) ===
      0n,
  );
  if (undrawn !== undefined) return `${undrawn.args.trainer} handed in without being drawn`;
  if (more.length > 0 || voided.length > 1) return "ended twice";
  if (settled === undefined && voided.length === 0) {
    const isLast = roundIndex === project.nextRoundIndex - 1;
    return isLast && project.phase !== "ended" ? undefined : "the events tell of no end";
  }
  if (settled === undefined) return undefined;
  if (!isAggregator(settled.args.settledBy)) return "settled by nobody's aggregator";
  if (settled.at < endedAt) return "settled while trainers could still hand in";
  const isFound = ({ args, transactionHash }: TimedEvent) =>
    voidReasons[Number(args.reason)] === "rule-found-too-few" &&
    transactionHash === settled.transactionHash;
  return voided.every(isFound) ? undefined : "settled, and void for another reason";
}

/** The trainer's place in the roster when it handed in; one that nobody has without having joined. */
function placeOf(events: readonly TimedEvent[], trainer: unknown, blockNumber: number): bigint {
  const joined = events.findLast(
    (event) =>
      event.name === "TrainerJoined" &&
      event.blockNumber <= blockNumber &&
      isSameAddress(String(event.args.trainer), String(trainer)),
  );
  return BigInt(joined?.args.rosterIndex ?? 255);
}

function modelProblem({ events, project }: RoundsEvidence): string | undefined {
  const voided = events.filter(({ name }) => name === "RoundVoided");
  const applied = events.filter(
    ({ name, args }) =>
      name === "RoundSettled" && !voided.some((each) => each.args.roundIndex === args.roundIndex),
  );
  if (applied.length !== project.appliedRounds) {
    return `the contract has applied ${project.appliedRounds} rounds, the events ${applied.length}`;
  }
  const [posted, ...again] = events.filter(({ name }) => name === "ProjectPosted");
  if (again.length > 0) return "the project was posted twice";
  const makers = [posted, ...applied];
  const models = events.filter(({ name }) => name === "ModelPublished");
  const isInPlace = (model: TimedEvent, version: number) =>
    Number(model.args.modelVersion) === version &&
    Number(model.args.roundIndex) === Number(makers[version]?.args.roundIndex ?? 0) &&
    model.transactionHash === makers[version]?.transactionHash;
  if (models.length !== makers.length || !models.every(isInPlace)) {
    return "not each applied round has published one model, in its settlement";
  }
  const last = models.at(-1);
  const isLast = last && isSamePoint(toPoint(last.args.commitment), project.modelCommitment);
  return isLast ? undefined : "the contract's model is not the last one that was published";
}

function endProblem({ events, project }: RoundsEvidence): string | undefined {
  const ends = events.filter(({ name }) => name === "ProjectEnded");
  if (ends.length !== (project.phase === "ended" ? 1 : 0)) {
    return `the project is ${project.phase}, and its events tell of ${ends.length} ends`;
  }
  const stops = events.filter(({ name }) => name === "StopAnnounced").length;
  if (stops > 0 !== project.isStopAnnounced) return "a stop was announced, or was not";
  const reason = END_REASONS[Number(ends[0]?.args.reason)];
  const { rounds, extraRounds } = project.terms;
  const isTrue =
    reason === undefined ||
    (reason === "all rounds applied"
      ? project.appliedRounds === rounds
      : reason === "attempts used up"
        ? project.nextRoundIndex === rounds + extraRounds
        : reason !== "stopped by the owner" || project.isStopAnnounced);
  return isTrue ? undefined : `the project ended as “${reason}”, which its rounds do not bear out`;
}
