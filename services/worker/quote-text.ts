import type { Project } from "../adapters/chain/projects/project.ts";
import { aboutCoins } from "../protocol/market/token-amount.ts";
import type { RoundEffort } from "./measure-round.ts";
import type { ProjectRecord } from "./project-record.ts";
import type { ProjectQuote } from "./quote-project.ts";

/** What is written about. */
export interface QuoteWords {
  readonly title: string;
  readonly project: Project;
  readonly record: ProjectRecord;
  readonly quote: ProjectQuote;
  readonly effort: RoundEffort | undefined;
  /** Whether the reward token is the chain's own coin, wrapped. */
  readonly isNative: boolean;
  /** Writes an amount of the reward token. */
  readonly money: (wei: bigint) => string;
}

/** An amount cut to four digits: enough for an estimate. */
export const shortWei = (wei: bigint): bigint => {
  const digits = wei.toString().replace("-", "").length;
  const unit = 10n ** BigInt(Math.max(0, digits - 4));
  return (wei / unit) * unit;
};

const percent = (part: number) => `${Number((100 * part).toPrecision(3))} %`;

/** A length of time as people say it. */
export function durationText(seconds: number): string {
  if (seconds < 90) return `${Number(seconds.toPrecision(2))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Number((seconds / 3600).toPrecision(2))} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

function basisText({ record: { pay }, money }: QuoteWords): string {
  const [low, high] = [money(shortWei(pay.lowWei)), money(shortWei(pay.highWei))];
  const rounds = `${pay.rounds} settled ${pay.rounds === 1 ? "round" : "rounds"}`;
  if (pay.basis === "equal-shares") {
    return `as if all were accepted and shared equally, for no round is settled yet; the terms allow ${low} to ${high}`;
  }
  return pay.basis === "own-rounds"
    ? `from ${rounds} of yours, where accepted updates earned ${low} to ${high}`
    : `from ${rounds}, where accepted updates earned ${low} to ${high}; with you, one more shares`;
}

function timeLines({ effort, project, record }: QuoteWords): string[] {
  const round = `a round lasts ${record.roundSecondsFrom === "longest" ? "at most " : "about "}${durationText(record.roundSeconds)}, of which ${durationText(project.terms.commitSeconds)} are for training`;
  if (effort === undefined) return [`time        not measured: no --data were given; ${round}`];
  const { totalSeconds, trainingSeconds, verifySeconds, commitSeconds, steps, measuredSteps } =
    effort;
  const seen = measuredSteps < steps ? `, ${measuredSteps} of them tried` : "";
  return [
    `time        ${durationText(totalSeconds)} of this machine a round: training ${durationText(trainingSeconds)} (${steps} steps${seen}), checking the model ${durationText(verifySeconds)}, committing ${durationText(commitSeconds)}`,
    `            ${round}; each update is ${Math.ceil(effort.uploadBytes / 1024)} KiB to upload`,
  ];
}

function breakEvenText({ quote, money }: QuoteWords): string {
  const { breakEven } = quote;
  if (breakEven === null) {
    return "not computed: pay and gas are different coins, so compare them yourself";
  }
  const { afterRounds, leastPerRoundWei, leastAccepted } = breakEven;
  const least = `it takes ${money(shortWei(leastPerRoundWei))} a round${leastAccepted === null ? "" : `, or ${percent(leastAccepted)} of updates accepted`}`;
  if (afterRounds === null) return `never: a round costs more than it brings; ${least}`;
  const rounds = `${afterRounds} ${afterRounds === 1 ? "round" : "rounds"}`;
  return afterRounds > quote.rounds
    ? `after ${rounds}, and only ${quote.rounds} are left; ${least}`
    : `after ${rounds} of the ${quote.rounds} left; ${least}`;
}

/** Whether taking part makes no sense: it costs more than it brings, or this machine is too slow. */
export function quoteProblems({ quote, effort, project }: QuoteWords): readonly string[] {
  const { commitSeconds, maxTrainers } = project.terms;
  return [
    ...(project.phase === "ended" ? ["the project has ended"] : []),
    ...(effort !== undefined && effort.totalSeconds > commitSeconds
      ? [
          `this machine is too slow: ${durationText(effort.totalSeconds)} of work in ${durationText(commitSeconds)}`,
        ]
      : []),
    ...(quote.netWei !== null && quote.netWei < 0n
      ? ["it is expected to cost more than it brings"]
      : []),
    ...(maxTrainers === 0 ? ["nobody can take part"] : []),
  ];
}

/** The quote for people. */
export function quoteText(words: QuoteWords): string {
  const { title, project, record, quote, money } = words;
  const { pay } = record;
  const { terms } = project;
  const place =
    pay.selectedChance < 1
      ? `${percent(pay.selectedChance)} to be drawn for a round`
      : "everybody who joins has a place";
  const accepted =
    pay.basis === "equal-shares"
      ? "no update was judged yet"
      : `${percent(pay.acceptedChance)} of ${pay.basis === "own-rounds" ? "your" : "all"} updates were accepted`;
  const strikes =
    terms.maxStrikes > 0 ? `; ${terms.maxStrikes} rejected updates end your part, stake kept` : "";
  const problems = quoteProblems(words);
  return [
    `project ${project.projectId}: ${title} (${project.phase}, ${project.appliedRounds} of ${terms.rounds} rounds done, ${project.trainerCount} trainers)`,
    `share       ${percent(pay.share)} of a round's ${money(terms.budgetPerRoundWei)} for an accepted update: ${money(shortWei(pay.acceptedWei))}`,
    `            ${basisText(words)}`,
    `            paid in the token ${terms.rewardToken}${words.isNative ? ", the wrapped coin of this chain" : ": anybody can name a token like another one, so look whether you know this address"}`,
    `chances     ${accepted}; ${place}`,
    `pay         about ${money(shortWei(pay.perRoundWei))} a round, ${money(shortWei(quote.expectedWei))} in the ${quote.rounds} rounds left, ${money(shortWei(record.perHourWei))} an hour of rounds`,
    `gas         ${aboutCoins(quote.entryGasWei)} to join and leave, ${aboutCoins(quote.roundGasWei)} a round, at ${Number((Number(quote.gasPriceWei) / 1e9).toPrecision(3))} gwei${quote.roundGasWei > 0n ? "; none a round with --relay" : ""}`,
    ...timeLines(words),
    `stake       ${money(quote.stakeWei)} is locked until you leave; an update above the norm bound burns it${strikes}`,
    `break-even  ${breakEvenText(words)}`,
    ...(quote.netWei === null
      ? []
      : [
          `net         ${quote.netWei < 0n ? "-" : ""}${money(shortWei(quote.netWei < 0n ? -quote.netWei : quote.netWei))} over all rounds${quote.perMachineHourWei === null ? "" : `; ${money(shortWei(quote.perMachineHourWei))} an hour of this machine's work`}`,
        ]),
    ...(problems.length > 0 ? ["", ...problems.map((problem) => `NOT WORTH IT: ${problem}`)] : []),
  ].join("\n");
}
