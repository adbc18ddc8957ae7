import { type CommandEvent, describeEvent } from "../command-line/event-lines.ts";
import { verdictWords } from "../command-line/verdict-words.ts";
import { collectionLine } from "../housekeeping/collection-line.ts";
import { voidWords } from "../protocol/market/void-words.ts";
import { percentText } from "../protocol/percent-text.ts";
import { durationText } from "./quote-text.ts";

/** Writes an amount of a project's reward token. */
export type ProjectMoney = (projectId: bigint, amountWei: bigint) => string;

function outcomeText(event: CommandEvent, money: ProjectMoney): string {
  const { verdict, reason, projectId } = event;
  if (verdict === "void") return `came to nothing (${voidWords(reason)}); nobody is at fault`;
  if (verdict === "not-submitted") return "settled without our update";
  const earned = money(projectId as bigint, BigInt(String(event.earnedWei ?? 0)));
  if (verdict === "accepted") return `accepted, earned ${earned}`;
  return `${verdictWords(verdict)}; earned ${earned}`;
}

/** A line for people about something that happened to a worker; undefined for what only machines want. */
export function workerLine(event: CommandEvent, money: ProjectMoney): string | undefined {
  const round = event.roundIndex === undefined ? "" : ` round ${event.roundIndex}`;
  const line = (text: string) => `project ${event.projectId}${round}: ${text}`;
  switch (event.type) {
    case "data":
      return `${event.samples} samples to train on`;
    case "awaiting":
      return `waiting until ${(event.projectIds as bigint[]).length === 1 ? "the project is" : "the projects are"} posted`;
    case "ready":
      return `ready as ${event.account}; training begins when a round opens`;
    case "joined":
      return line(
        `joined with a stake of ${money(event.projectId as bigint, event.stakeWei as bigint)}`,
      );
    case "data-unchecked":
      return line(
        "nobody serves its manifest now, so whether your samples fit is not known yet; joining all the same, and training begins when it is there",
      );
    case "privacy":
      return `privacy spent so far: ${event.sentence}`;
    case "training":
      return line("the model opens its commitment; training on it");
    case "trained":
      return undefined;
    case "too-late":
      return line(
        `stopped after ${durationText(Number(event.seconds))}: the commit phase is over, and ${percentText(Number(event.doneShare))} of the training was done; waiting for the next round; \`worker quote\` measures how long one takes here`,
      );
    case "sealed":
      return line(`trained; the update is sealed (${event.bytes} bytes)`);
    case "submitted":
      return line("committed to the update on chain");
    case "key-released":
      return line("everybody has committed: key released to the aggregator");
    case "outcome":
      return line(outcomeText(event, money));
    case "content-collected":
    case "content-lost":
    case "collection-failed":
      return collectionLine(event);
    case "failed":
      if (event.isRepeated) {
        return line(`${event.code} again; trying again in ${event.pauseSeconds} s`);
      }
      return line(
        `trying again${Number(event.pauseSeconds ?? 0) > 0 ? ` in ${event.pauseSeconds} s` : ""} after ${event.code}: ${event.message}`,
      );
    default:
      return describeEvent(event);
  }
}
