import { aboutDuration } from "../../protocol/duration-text.ts";
import { voidWords } from "../../protocol/market/void-words.ts";
import { percentText } from "../../protocol/percent-text.ts";
import { phaseUntil, phaseWords } from "./phase-words.ts";
import type { Standing } from "./watch-project.ts";

type Money = (wei: bigint) => string;
type Event = { readonly type: string; readonly [detail: string]: unknown };
interface SettledTrainer {
  readonly trainer: string;
  readonly verdict: string;
  readonly share: number;
  readonly earnedWei: bigint;
}

function settledLines(event: Event, money: Money): string {
  const trainers = event.trainers as readonly SettledTrainer[];
  const accepted = trainers.filter(({ verdict }) => verdict === "accepted").length;
  const head = event.isVoid
    ? "settled as void, nobody is paid"
    : `settled, ${accepted} of ${trainers.length} accepted, ${money(event.paidWei as bigint)} of ${money(event.budgetWei as bigint)} paid`;
  return [
    head,
    ...trainers.map(
      ({ trainer, verdict, earnedWei }) =>
        `            ${trainer}  ${verdict.padEnd(18)} ${money(earnedWei)}`,
    ),
  ].join("\n");
}

function deadlineText({ phase, deadline, secondsLeft }: Event): string {
  return Number(deadline) === 0
    ? phaseWords(phase as Standing["phase"])
    : phaseUntil(phase as Standing["phase"], Number(secondsLeft), Date.now());
}

/** A line for people about something that happened to a project; undefined for what only machines want. */
export function watchLine(event: Event, money: Money): string | undefined {
  const round = event.roundIndex === undefined ? "" : `round ${event.roundIndex}: `;
  const line = (text: string) => `${round}${text}`;
  switch (event.type) {
    case "posted":
      return `posted by ${event.owner}`;
    case "phase":
      return event.phase === "ended" ? undefined : line(deadlineText(event));
    case "budget-added":
      return `${money(event.amountWei as bigint)} of budget added by ${event.from}`;
    case "joined":
      return `${event.trainer} joined with a stake of ${money(event.stakeWei as bigint)}`;
    case "released":
      return `${event.trainer} sent nothing and loses its place to whoever wants it`;
    case "left":
      return `${event.trainer} left, paid ${money(event.paidWei as bigint)}`;
    case "expelled":
      return `${event.trainer} expelled after ${event.strikes} strikes`;
    case "slashed":
      return `${event.trainer} lost its stake of ${money(event.burnedWei as bigint)}`;
    case "aggregator-changed":
      return `${event.aggregator} is the aggregator in charge now`;
    case "bond-forfeited":
      return line(`aggregator ${event.aggregator} missed its turn and lost its bond`);
    case "round-opened":
      return line(`opened by ${event.aggregator}`);
    case "update-submitted":
      return line(`update of ${event.trainer} is in (slot ${event.slot})`);
    case "commit-closed":
      return line("all updates are in, keys are released now");
    case "excluded":
      return line(`update of ${event.trainer} left out: ${event.reason}`);
    case "round-settled":
      return line(settledLines(event, money));
    case "round-voided":
      return line(`came to nothing: ${voidWords(event.reason)}`);
    case "better-reference-needed":
      return `${event.consecutiveVoids} void rounds in a row: your reference and the trainers disagree. It needs more samples or better labels; or the model has learned what it can tell, and \`owner stop\` brings back what is left`;
    case "model-published":
      return event.version === 0
        ? `initial model published (${event.cid})`
        : line(`model ${event.version} published (${event.cid})`);
    case "evaluated":
      return `model ${event.version}: accuracy ${percentText(Number(event.accuracy))}, loss ${Number(event.loss).toFixed(3)}`;
    case "not-evaluated":
      return `model ${event.version} could not be measured: ${event.code} ${event.message}`;
    case "chain-away":
      return "the chain does not answer; waiting for it";
    case "stop-announced":
      return "stop announced: no further round opens";
    case "ended":
      return `the project has ended (${event.reason}), ${money(event.refundWei as bigint)} came back to the owner`;
    default:
      return undefined;
  }
}

/** One line about where a project stands, short enough for the bottom of a terminal. */
export function standingLine(standing: Standing, money: Money): string {
  const { phase, secondsLeft, deadline, roundIndex, rounds, appliedRounds } = standing;
  const submitted = phase === "commit" ? `, ${standing.submitted} of ${standing.trainers} in` : "";
  const left =
    deadline === 0 ? "" : secondsLeft >= 0 ? `, ${aboutDuration(secondsLeft)} left` : ", overdue";
  return `round ${roundIndex}: ${phaseWords(phase)}${submitted}${left} · ${appliedRounds}/${rounds} rounds applied · ${money(standing.rewardLeftWei)} left`;
}
