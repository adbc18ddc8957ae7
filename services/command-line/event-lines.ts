import type { Invocation } from "./command-context.ts";
import { toJson } from "./json.ts";

/** Something that happened in a command that runs for long. */
export interface CommandEvent {
  readonly type: string;
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
    const time = new Date().toLocaleTimeString("en-GB");
    terminal.writeResult(`${time}  ${text}`);
  };
}

/** An event as its type and its plain details: what is printed of events that nobody has words for. */
export function describeEvent(event: CommandEvent): string {
  const { type, at: _at, ...details } = event;
  const shown = Object.entries(details)
    .filter(([, value]) => value !== undefined && typeof value !== "object")
    .map(([name, value]) => `${name}=${String(value)}`);
  return [type.padEnd(18), ...shown].join(" ");
}
