import type { Command } from "commander";
import type { KeepingSettings } from "../housekeeping/start-collecting.ts";
import type { Invocation } from "./command-context.ts";
import { parseCount, parseCountOrNone, parsePositive } from "./parse-count.ts";

const DAY_SECONDS = 86_400;
const HOUR_MS = 3_600_000;

const parseHours = (text: string) => (text === "0" ? 0 : parsePositive(text));

/** Adds how long a program that runs for long keeps what projects need, and how often it removes the rest. */
export const addKeepingOptions = (command: Command): Command =>
  command
    .option(
      "--keep-rounds <number>",
      "rounds before the newest whose sealed updates, references and jobs are kept",
      parseCount,
      20,
    )
    .option(
      "--keep-days <number>",
      "days for which everything is kept after a project has ended",
      parseCountOrNone,
      30,
    )
    .option(
      "--collect-hours <number>",
      "how often what need not be kept is removed; 0 for never",
      parseHours,
      6,
    );

/** What they say. */
export const readKeeping = ({ options }: Pick<Invocation, "options">): KeepingSettings => ({
  rounds: Number(options.keepRounds),
  endedSeconds: DAY_SECONDS * Number(options.keepDays),
  collectEveryMs: options.collectHours === 0 ? undefined : HOUR_MS * Number(options.collectHours),
});
