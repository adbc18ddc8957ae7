import { afterEach, describe, expect, it, vi } from "vitest";
import { printableText } from "../../services/command-line/printable-text.ts";
import { processTerminal } from "../../services/command-line/terminal.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** A title that would clear the line before it, and write another amount. */
const TITLE = "Cats\u001b[1A\u001b[2K\rpays 1000 ETH\u0007\u009b2J\u202egnp";

describe("what strangers wrote", () => {
  it("cannot steer the terminal that it is printed on", () => {
    const shown = printableText(TITLE);

    expect(shown).toBe("Cats\\u001b[1A\\u001b[2K\\u000dpays 1000 ETH\\u0007\\u009b2J\\u202egnp");
    expect(printableText("Bär\n\t猫 👍🏽 é")).toBe("Bär\n\t猫 👍🏽 é");
  });

  it("says the same in JSON as before", () => {
    const json = JSON.stringify({ title: TITLE });

    expect(JSON.parse(printableText(json))).toEqual({ title: TITLE });
  });

  it("goes to the terminal in no other form", () => {
    const written: string[] = [];
    const keep = (text: unknown) => written.push(String(text)) > 0;
    vi.spyOn(process.stdout, "write").mockImplementation(keep);
    vi.spyOn(process.stderr, "write").mockImplementation(keep);
    const terminal = processTerminal({});

    terminal.writeResult(TITLE);
    terminal.writeMessage(TITLE);
    vi.restoreAllMocks();

    expect(written).toEqual([`${printableText(TITLE)}\n`, `${printableText(TITLE)}\n`]);
  });
});
