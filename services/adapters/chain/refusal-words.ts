import { ROUND_PHASES } from "../../protocol/market/phases.ts";
import { exactAmount } from "../../protocol/market/token-amount.ts";

/** What a contract's refusal means to whoever made the call, and the way out. */
export interface RefusalWords {
  readonly sentence: string;
  readonly hint: string;
}

type Values = Readonly<Record<string, unknown>>;

const whole = (amountWei: unknown) => exactAmount(BigInt(String(amountWei)), 18);
const phase = (value: unknown) => ROUND_PHASES[Number(value)] ?? `phase ${String(value)}`;

/** Refusals that people run into; the others are between our programs and the contracts. */
const WORDS: Readonly<Record<string, (values: Values) => RefusalWords>> = {
  MarketUnknownProject: ({ projectId }) => ({
    sentence: `there is no project ${projectId} on this market`,
    hint: "`commonweight worker projects --all` lists them; check the network, too.",
  }),
  MarketNotAuthorized: ({ caller, expected }) => ({
    sentence: `only ${expected} may do this, the key is of ${caller}`,
    hint: "Use the key of the account that is named.",
  }),
  MarketWrongAmount: ({ expected, actual }) => ({
    sentence: `the amount must be ${expected} wei, it is ${actual} wei (of a token with 18 decimals: ${whole(expected)}, it is ${whole(actual)})`,
    hint: "Leave the option out to take what the terms ask for. A number alone is in whole tokens; `wei` behind it makes it exact.",
  }),
  MarketWrongPhase: ({ projectId, actual }) => ({
    sentence:
      phase(actual) === "ended"
        ? `project ${projectId} has ended`
        : `project ${projectId} is in its ${phase(actual)} phase`,
    hint: "`commonweight owner status <project>` shows the phase and when it ends; a project that has ended takes part in nothing any more.",
  }),
  MarketStopAnnounced: ({ projectId }) => ({
    sentence: `the owner of project ${projectId} has announced its stop`,
    hint: "Nobody joins it any more; `commonweight worker projects` lists others.",
  }),
  MarketNotReliable: ({ trainer, expected, actual }) => ({
    sentence: `${trainer} has reliability ${actual} of 65535, the project asks for ${expected}`,
    hint: "Reliability grows with accepted updates in projects that ask for less, and goes back to the middle with time.",
  }),
  MarketConflictOfInterest: ({ account }) => ({
    sentence: `${account} is the project's owner, referee or aggregator, and may not train for it`,
    hint: "Join with another account.",
  }),
  MarketAlreadyJoined: ({ trainer }) => ({
    sentence: `${trainer} is or was in this project already`,
    hint: "`commonweight worker status <project> <trainer>` shows how it stands. Nobody joins a project twice while a round needs it.",
  }),
  MarketRosterFull: ({ projectId }) => ({
    sentence: `project ${projectId} has no free place`,
    hint: "Run the command again: if one of its trainers is idle, you get that one's place. Otherwise wait, or choose another project.",
  }),
  MarketTrainerNotIdle: ({ trainer, missedRounds, freePlaces }) => ({
    sentence:
      Number(freePlaces) > 0
        ? `${trainer} keeps its place while ${freePlaces} others are free`
        : `${trainer} is not idle: it has missed ${missedRounds} rounds in a row`,
    hint: "Only a trainer that has missed three rounds in a row, or one that came to nothing, loses its place, and only when all are taken.",
  }),
  MarketNotATrainer: ({ account }) => ({
    sentence: `${account} is not a trainer of this project`,
    hint: "Use the key of the account that joined.",
  }),
  MarketTrainerInRound: ({ roundIndex }) => ({
    sentence: `round ${roundIndex} is open, and this account is in it`,
    hint: "Run the command again when the round is over.",
  }),
  MarketCommitClosed: ({ roundIndex }) => ({
    sentence: `round ${roundIndex} takes no more updates`,
    hint: "`commonweight worker run` takes part in the next round by itself.",
  }),
  MarketNotEligible: ({ trainer, roundIndex }) => ({
    sentence: `${trainer} is not among the trainers of round ${roundIndex}, or has submitted already`,
    hint: "`commonweight worker run` takes part in the next round by itself.",
  }),
  MarketAlreadyRevealed: ({ account }) => ({
    sentence: `${account} has released its key already`,
    hint: "There is nothing left to do for this round.",
  }),
};

/** A refusal in words; undefined for one that only programs cause. */
export function refusalWords(name: string, values: Values): RefusalWords | undefined {
  return WORDS[name]?.(values);
}
