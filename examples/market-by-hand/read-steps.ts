/** One block of commands of a page, and what the page says that a reader will see. */
export interface Step {
  /** Line of the opening fence, from 1. */
  readonly line: number;
  /** The terminal it is typed into; `every` new one when it prepares them. */
  readonly terminal: number | "every";
  /** True for a program that goes on while the reader does something else. */
  readonly isLeftRunning: boolean;
  readonly script: string;
  /** Lines that must appear, in any order, as {@link showsLine} compares them. */
  readonly shows: readonly string[];
}

const COMMANDS = /^```sh test=\S*tutorial\S*$/;
const TITLE = /^# (?:Terminal (\d+)|(Every terminal))(, left running)?: /;

/**
 * Reads the steps of a page: blocks `sh test=…tutorial…`, whose first line is `# Terminal 3, left running: …` or
 * `# Every terminal: …`. A `text` block right behind one is what it prints.
 *
 * @throws Error for a block without such a line: nobody would know where to type it.
 */
export function readSteps(markdown: string): Step[] {
  const steps: Step[] = [];
  const lines = markdown.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const fence = lines[at] as string;
    if (!fence.startsWith("```") || fence === "```") continue;
    const end = lines.indexOf("```", at + 1);
    const body = lines.slice(at + 1, end);
    const last = steps.at(-1);
    if (COMMANDS.test(fence)) {
      const title = TITLE.exec(body[0] ?? "");
      if (title === null) throw new Error(`line ${at + 1}: the block does not name its terminal`);
      steps.push({
        line: at + 1,
        terminal: title[2] ? "every" : Number(title[1]),
        isLeftRunning: title[3] !== undefined,
        script: body.join("\n"),
        shows: [],
      });
    } else if (fence === "```text" && last && last.shows.length === 0) {
      const shows = body.map((line) => line.trim()).filter((line) => line !== "" && line !== "…");
      steps[steps.length - 1] = { ...last, shows };
    }
    at = end;
  }
  return steps;
}

/** What differs from run to run: times, addresses and hashes, CIDs, fractions. */
const VARIABLE =
  /\d\d:\d\d:\d\d|0x[0-9a-fA-F]{6,}|\b(?:bafk|bagu|Qm|12D3)\w+|\d+\.\d+|\b[0-9a-f]{64}\b|\b\d{15,}\b|…/g;
const ALTERNATIVES: readonly [RegExp, string][] = [
  [/^\d\d:/, "\\d\\d:\\d\\d:\\d\\d"],
  [/^0x/, "0x[0-9a-fA-F]+"],
  [/^(bafk|bagu|Qm|12D3)/, "\\w+"],
  [/^\d+\.\d+$/, "\\d+(?:\\.\\d+)?"],
  [/^[0-9a-f]{64}$/, "[0-9a-f]{64}"],
  [/^\d+$/, "\\d+"],
  [/^…$/, ".*"],
];

/** Whether a printed line is what the page shows: the same but for what differs from run to run; `…` stands for anything. */
export function showsLine(shown: string, printed: string): boolean {
  let pattern = "";
  let from = 0;
  for (const match of shown.matchAll(VARIABLE)) {
    pattern += escaped(shown.slice(from, match.index));
    pattern += ALTERNATIVES.find(([kind]) => kind.test(match[0]))?.[1] ?? escaped(match[0]);
    from = match.index + match[0].length;
  }
  pattern += escaped(shown.slice(from));
  return new RegExp(`^${pattern}$`).test(printed.trim());
}

// Columns are padded to the width of what is in them.
const escaped = (text: string) =>
  text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+");
