import type { Invocation } from "./command-context.ts";
import { toJson } from "./json.ts";

/** Something that happened in a command that runs for long. */
export interface CommandEvent {
  readonly type: string;
  /** When it happened, where that may be long ago. */
  readonly happenedAt?: string;
  readonly [detail: string]: unknown;
}

/**
 * Prints events as they come: a line of JSON each with `--json`, otherwise a line for people.
 *
 * @param describe The line for people; undefined leaves the event out.
 */
export function eventPrinter(
  { isJson, terminal }: Pick<Invocation, "isJson" | "terminal">,
  describe: (event: CommandEvent) => string | undefined = describeEvent,
): (event: CommandEvent) => void {
  return (event) => {
    // A service's own events carry Unix seconds for its interface; lines all have one form.
    const at = new Date().toISOString();
    if (isJson) return terminal.writeResult(toJson({ ...event, at }));
    const text = describe(event);
    if (text === undefined) return;
    terminal.writeResult(`${timeText(event.happenedAt)}  ${text}`);
  };
}

/** When something happened: the time, of another day with that day. */
function timeText(happenedAt: unknown): string {
  const now = new Date();
  const time = typeof happenedAt === "string" ? new Date(happenedAt) : now;
  const clock = time.toLocaleTimeString("en-GB");
  if (time.toDateString() === now.toDateString()) return clock;
  return `${time.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} ${clock}`;
}

/** An event as its type and its plain details: what is printed of events that nobody has words for. */
export function describeEvent(event: CommandEvent): string {
  const { type, at: _at, happenedAt: _happenedAt, ...details } = event;
  const shown = Object.entries(details)
    .filter(([, value]) => value !== undefined && typeof value !== "object")
    .map(([name, value]) => `${name}=${String(value)}`);
  return [type.padEnd(18), ...shown].join(" ");
}
