import { verdictReason } from "../../command-line/verdict-words.ts";
import { describeMarketEvent } from "../market-lines.ts";
import type { MarketOptions } from "../market-plan.ts";

/** Something that happened, `ms` after the start. */
export interface TimedEvent {
  readonly process: string;
  readonly type: string;
  readonly ms: number;
  readonly [detail: string]: unknown;
}

/** Where a trainer stands in the round that runs, or in the last one that was settled. */
export type TrainerStage =
  | "starting"
  | "waiting"
  | "training"
  | "sealing"
  | "committed"
  | "revealed"
  | "accepted"
  | "removed"
  | "crashed";

/** A row of the trainers' table. */
export interface TrainerRow {
  readonly name: string;
  readonly attack: string | undefined;
  readonly stage: TrainerStage;
  /** Why it was removed; empty otherwise. */
  readonly reason: string;
  readonly lastEarnedWei: bigint;
  readonly earnedWei: bigint;
}

/** A row of the rounds' table. */
export interface RoundRow {
  readonly roundIndex: number;
  readonly accuracy?: number;
  readonly proofSeconds?: number;
  readonly gasUsed: bigint;
  readonly paidWei: bigint;
  readonly isSettled: boolean;
  readonly voidReason?: string;
  readonly removed: readonly string[];
}

/** What is being proven now. */
export interface ProofProgress {
  readonly roundIndex: number;
  readonly fraction: number;
  readonly step: string;
}

/** Everything the live view shows. */
export interface MarketState {
  readonly plannedRounds: number;
  readonly phase: string;
  readonly webUrl: string | undefined;
  readonly projectId: string | undefined;
  readonly escrowWei: bigint;
  readonly trainers: readonly TrainerRow[];
  readonly rounds: readonly RoundRow[];
  readonly proof: ProofProgress | undefined;
  /** Accuracy of each version of the model, the first one untrained; holes where nobody has said it to this run. */
  readonly accuracies: readonly (number | undefined)[];
  /** Round that made each version of the model; undefined for the first one. */
  readonly madeBy: readonly (number | undefined)[];
  /** The newest lines, the newest last. */
  readonly lines: readonly { readonly ms: number; readonly text: string }[];
  readonly isEnded: boolean;
}

const KEPT_LINES = 50;
const OPENING_LINE = "market      a whole market on this machine; nothing leaves it";

/** What the view shows before anything has happened. */
export function initialMarketState(options: MarketOptions): MarketState {
  const honest = options.trainers - options.attackers.length;
  return {
    plannedRounds: options.rounds,
    phase: "starting the chain",
    webUrl: undefined,
    projectId: undefined,
    escrowWei: 0n,
    trainers: Array.from({ length: options.trainers }, (_, index) => ({
      name: `trainer-${index + 1}`,
      attack: options.attackers[index - honest],
      stage: "starting",
      reason: "",
      lastEarnedWei: 0n,
      earnedWei: 0n,
    })),
    rounds: [],
    proof: undefined,
    accuracies: [],
    madeBy: [],
    lines: [{ ms: 0, text: OPENING_LINE }],
    isEnded: false,
  };
}

/** The state after an event. Events that say nothing to the view leave it as it is. */
export function reduceMarket(state: MarketState, event: TimedEvent): MarketState {
  const next = { ...state, ...changesOf(state, event) };
  const text = event.type === "proof-progress" ? undefined : describeMarketEvent(event);
  if (text === undefined) return next;
  return { ...next, lines: [...next.lines, { ms: event.ms, text }].slice(-KEPT_LINES) };
}

const PHASES: Readonly<Record<string, string>> = {
  "chain-ready": "deploying the contracts",
  deployed: "starting aggregators, referee and trainers",
  continued: "everybody is coming back",
  "project-posted": "trainers are joining",
  "round-opened": "trainers train and commit",
  "key-released": "keys are released",
  proving: "proving",
  proven: "settling on chain",
  "round-settled": "paid; the owner prepares the next round",
};

function changesOf(state: MarketState, event: TimedEvent): Partial<MarketState> {
  const { type, process: name } = event;
  const roundIndex = Number(event.roundIndex ?? -1);
  const phase = PHASES[type] === undefined ? {} : { phase: phaseText(state, event) };
  const round = (change: (row: RoundRow) => Partial<RoundRow>) => ({
    rounds: withRound(state.rounds, roundIndex, change),
  });
  const gas = (row: RoundRow) => ({ gasUsed: row.gasUsed + BigInt(String(event.gasUsed ?? 0)) });
  switch (type) {
    case "ready":
      return name === "aggregator" ? { webUrl: String(event.url) } : trainerChanges(state, event);
    case "project-posted":
    case "continued":
      return {
        ...phase,
        projectId: String(event.projectId),
        escrowWei: BigInt(String(event.escrowWei ?? 0)),
      };
    case "round-opened":
      return {
        ...phase,
        ...round(gas),
        trainers: state.trainers.map((each) =>
          each.stage === "starting" || each.stage === "crashed"
            ? each
            : { ...each, stage: "waiting", reason: "" },
        ),
      };
    case "updates-relayed":
      return round(gas);
    case "proving":
      return { ...phase, proof: { roundIndex, fraction: 0, step: "opening the bundles" } };
    case "proof-progress":
      return { proof: { roundIndex, fraction: Number(event.fraction), step: String(event.step) } };
    case "proven":
      return {
        ...phase,
        proof: undefined,
        ...round(() => ({ proofSeconds: Number(event.seconds) })),
      };
    case "round-settled":
      return { ...phase, proof: undefined, ...round((row) => ({ ...gas(row), isSettled: true })) };
    case "settled":
      return {
        ...round(() => ({ paidWei: BigInt(String(event.paidWei ?? 0)), isSettled: true })),
        trainers: paidTrainers(state.trainers, event),
      };
    case "model":
      return withAccuracies(state, state.accuracies, replaced(state.madeBy, event, roundIndex));
    case "voided":
      return { proof: undefined, ...round(() => ({ voidReason: String(event.reason) })) };
    case "evaluated":
      return withAccuracies(
        state,
        replaced(state.accuracies, event, Number(event.accuracy)),
        state.madeBy,
      );
    case "outcome":
      return outcome(state, event, roundIndex);
    case "ended":
      return { phase: "the project has ended, everybody is paid", isEnded: true, proof: undefined };
    default:
      return { ...phase, ...trainerChanges(state, event) };
  }
}

function phaseText({ plannedRounds }: MarketState, event: TimedEvent): string {
  const words = PHASES[event.type] as string;
  if (event.roundIndex === undefined) return words;
  const { roundIndex } = event;
  return `round ${roundIndex} (${Number(roundIndex) + 1} of ${plannedRounds}): ${words}`;
}

const STAGES: Readonly<Record<string, TrainerStage>> = {
  awaiting: "waiting",
  ready: "waiting",
  joined: "waiting",
  training: "training",
  trained: "sealing",
  "too-late": "waiting",
  sealed: "committed",
  "key-released": "revealed",
  crashed: "crashed",
  died: "crashed",
  "came-back": "starting",
};

function trainerChanges(state: MarketState, event: TimedEvent): Partial<MarketState> {
  const stage = STAGES[event.type];
  if (stage === undefined) return {};
  return { trainers: withTrainer(state.trainers, event.process, () => ({ stage, reason: "" })) };
}

function outcome(state: MarketState, event: TimedEvent, roundIndex: number): Partial<MarketState> {
  const isAccepted = event.verdict === "accepted";
  const words = verdictReason(event.verdict);
  // An outcome may come after the next round has begun: then the row is busy with that one.
  const isCurrent = !state.rounds.some((row) => row.roundIndex > roundIndex);
  return {
    ...(isCurrent
      ? {
          trainers: withTrainer(state.trainers, event.process, () => ({
            stage: isAccepted ? "accepted" : "removed",
            reason: isAccepted ? "" : words,
          })),
        }
      : {}),
    ...(isAccepted
      ? {}
      : {
          rounds: withRound(state.rounds, roundIndex, ({ removed }) => ({
            removed: [...removed, event.process],
          })),
        }),
  };
}

/** Pay as the chain has it, so that whoever was away is not forgotten. */
function paidTrainers(rows: readonly TrainerRow[], event: TimedEvent): readonly TrainerRow[] {
  const names = (event.names ?? []) as readonly string[];
  const earnings = (event.earningsWei ?? []) as readonly bigint[];
  return rows.map((row) => {
    const lastEarnedWei = earnings[names.indexOf(row.name)] ?? 0n;
    return { ...row, lastEarnedWei, earnedWei: row.earnedWei + lastEarnedWei };
  });
}

/** The list with the event's version of the model at its place. */
function replaced<T>(list: readonly (T | undefined)[], { version }: TimedEvent, value: T) {
  const copy = [...list];
  copy[Number(version)] = value;
  return copy;
}

/** Gives each round the accuracy of the model that it made, as far as both are known. */
function withAccuracies(
  state: MarketState,
  accuracies: MarketState["accuracies"],
  madeBy: MarketState["madeBy"],
): Partial<MarketState> {
  const rounds = state.rounds.map((row) => {
    const version = madeBy.findLastIndex((by, at) => at > 0 && by === row.roundIndex);
    const accuracy = accuracies[version];
    return accuracy === undefined ? row : { ...row, accuracy };
  });
  return { accuracies, madeBy, rounds };
}

function withTrainer(
  rows: readonly TrainerRow[],
  name: string,
  change: (row: TrainerRow) => Partial<TrainerRow>,
): readonly TrainerRow[] {
  return rows.map((row) => (row.name === name ? { ...row, ...change(row) } : row));
}

function withRound(
  rows: readonly RoundRow[],
  roundIndex: number,
  change: (row: RoundRow) => Partial<RoundRow>,
): readonly RoundRow[] {
  const found = rows.find((row) => row.roundIndex === roundIndex);
  const row = found ?? { roundIndex, gasUsed: 0n, paidWei: 0n, isSettled: false, removed: [] };
  const rest = rows.filter((each) => each.roundIndex !== roundIndex);
  return [...rest, { ...row, ...change(row) }].sort((a, b) => a.roundIndex - b.roundIndex);
}
