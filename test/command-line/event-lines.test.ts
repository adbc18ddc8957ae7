import { afterEach, expect, it, vi } from "vitest";
import { eventPrinter } from "../../services/command-line/event-lines.ts";

afterEach(() => vi.useRealTimers());

it("a line has the time at which its event happened, of another day with the day", () => {
  vi.useFakeTimers({ now: new Date(2026, 10, 22, 17, 44, 7) });
  const lines: string[] = [];
  const writeResult = (line: string) => lines.push(line);
  const print = eventPrinter({ isJson: false, terminal: { writeResult } as never }, String);

  print({ type: "now" });
  print({ type: "earlier", happenedAt: new Date(2026, 10, 22, 9, 1, 2).toISOString() });
  print({ type: "before", happenedAt: new Date(2026, 10, 21, 9, 1, 2).toISOString() });

  expect(lines.map((line) => line.split("  ")[0])).toEqual([
    ...["17:44:07", "09:01:02", "21 Nov 09:01:02"],
  ]);
});
