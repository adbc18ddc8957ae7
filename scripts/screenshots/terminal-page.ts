import type { Line, Tone } from "../../services/market/view/styled-line.ts";

const COLOURS: Readonly<Record<Tone, string>> = {
  plain: "#d8dee9",
  strong: "#ffffff; font-weight: bold",
  faint: "#7b8494",
  good: "#8ccf7e",
  bad: "#f07178",
  busy: "#e5c76b",
  accent: "#67b0e8",
};

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Cells of one width, as in a terminal: fonts draw curves and boxes in others. */
const cells = (text: string) =>
  [...text].map((character) => `<i>${escapes[character] ?? character}</i>`).join("");

/** A page that looks like a terminal which shows these lines. */
export function terminalPage(lines: readonly Line[], columns: number): string {
  const rows = lines.map(
    (line) =>
      `<div>${line.map(({ text, tone }) => `<span style="color: ${COLOURS[tone]}">${cells(text)}</span>`).join("")}</div>`,
  );
  return `<!doctype html><meta charset="utf-8"><style>
body { margin: 0; background: #14181f; }
main { display: inline-block; padding: 14px 18px; font: 15px/19px "DejaVu Sans Mono", ui-monospace, monospace; }
main div { height: 19px; width: ${columns * 9}px; white-space: pre; }
i { display: inline-block; width: 9px; height: 19px; font-style: normal; overflow: hidden; vertical-align: top; }
</style><main>${rows.join("")}</main>`;
}
