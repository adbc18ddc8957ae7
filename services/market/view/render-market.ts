import { clockText } from "../../protocol/duration-text.ts";
import { coinColumn } from "../../protocol/market/token-amount.ts";
import { percentText } from "../../protocol/percent-text.ts";
import { barText } from "./bar-text.ts";
import { braillePlot } from "./braille-plot.ts";
import type { MarketState } from "./market-state.ts";
import { roundTable } from "./round-table.ts";
import { cutLine, type Line, lineWidth, span } from "./styled-line.ts";
import { trainerTable, WIDE } from "./trainer-table.ts";

/** The screen to draw for. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

const PLOT_HEIGHT = 6;
const LEAST_EVENTS = 3;
/** Lines below the trainers from which on the curve is drawn. */
const LEAST_PLOT_ROOM = 9;

/**
 * The whole screen: at most `rows` lines of at most `columns` cells. What does not fit is left out, the least important first.
 *
 * @param elapsedMs Time since the start.
 */
export function renderMarket(state: MarketState, size: ScreenSize, elapsedMs: number): Line[] {
  const { columns, rows } = size;
  const isWide = columns >= WIDE;
  const header = headerLines(state, elapsedMs, columns);
  const proof = proofLine(state, columns);
  // The rule, the proof and the gap below it take a line each.
  const room = rows - header.length - 3 - LEAST_EVENTS;
  const trainers = trainerTable(
    state,
    Math.max(2, Math.min(room - 3, state.trainers.length + 1)),
    columns,
  );
  const left = Math.max(0, room - trainers.length);
  const hasPlot = left >= LEAST_PLOT_ROOM;
  const lower = (isWide ? sideBySide : stacked)(state, left, { columns, hasPlot });
  const table = [...header, ruleLine(state, columns, hasPlot), ...trainers];
  const below = [proof, [], ...lower];
  const isTall = rows - table.length - below.length > 3 * LEAST_EVENTS;
  const above = [...table, ...(isTall ? [[]] : []), ...below];
  const gap = rows - above.length > 2 * LEAST_EVENTS ? [[]] : [];
  const events = eventLines(state, rows - above.length - gap.length);
  return [...above, ...gap, ...events].slice(0, rows).map((line) => cutLine(line, columns));
}

/** Two pieces, the second one at the right edge, where it stays when the first one is too long. */
function spread(left: Line, right: Line, columns: number): Line {
  const room = columns - lineWidth(right);
  if (room < 12) return left;
  const cut = cutLine(left, room - 1);
  return [...cut, span(" ".repeat(room - lineWidth(cut))), ...right];
}

function headerLines(state: MarketState, elapsedMs: number, columns: number): Line[] {
  const gas = state.rounds.reduce((sum, { gasUsed }) => sum + gasUsed, 0n);
  const paid = state.trainers.reduce((sum, { earnedWei }) => sum + earnedWei, 0n);
  const title: Line = [
    span(" Commonweight ", "strong"),
    span(` ${state.phase}`, state.isEnded ? "good" : "busy"),
  ];
  const page: Line =
    state.webUrl === undefined
      ? [span(" the page opens in a moment", "faint")]
      : [span(" page "), span(state.webUrl, "accent")];
  const sums: Line =
    state.projectId === undefined
      ? []
      : [
          span(`escrow ${coinColumn(state.escrowWei)}  paid `, "faint"),
          span(`${coinColumn(paid)} ETH`, "good"),
          span(`  gas ${gas.toLocaleString("en")} `, "faint"),
        ];
  return [
    spread(title, [span(`${clockText(elapsedMs)} `, "strong")], columns),
    spread(page, sums, columns),
  ];
}

const BLOCKS = "▁▂▃▄▅▆▇█";

/** The line below the header; it holds the curve in one line where there is no room for the plot. */
function ruleLine({ accuracies }: MarketState, columns: number, hasPlot: boolean): Line {
  const last = accuracies.at(-1);
  if (hasPlot || last === undefined) return [span("─".repeat(columns), "faint")];
  const spark = accuracies
    .filter((value) => value !== undefined)
    .map((value) => BLOCKS[Math.min(7, Math.floor(value * 8))])
    .join("");
  const line: Line = [
    span("── accuracy ", "faint"),
    span(percentText(last), "good"),
    span(` ${spark} `, "accent"),
  ];
  return [...line, span("─".repeat(Math.max(0, columns - lineWidth(line))), "faint")];
}

function proofLine({ proof, rounds }: MarketState, columns: number): Line {
  const last = rounds.findLast(({ proofSeconds }) => proofSeconds !== undefined);
  if (proof === undefined) {
    const words =
      last === undefined
        ? "a zero-knowledge proof decides who is paid; none has begun yet"
        : `round ${last.roundIndex} proven in ${last.proofSeconds?.toFixed(1)} s${last.isSettled ? ", verified on chain" : ""}`;
    return [span(" proof ", "strong"), span(words, "faint")];
  }
  const width = Math.max(10, Math.min(40, columns - 48));
  const bar = barText(proof.fraction, width);
  return [
    span(" proof ", "strong"),
    span(bar, "accent"),
    span("░".repeat(width - bar.length), "faint"),
    span(` ${Math.round(100 * proof.fraction)} %`.padEnd(7), "strong"),
    span(`round ${proof.roundIndex}, ${proof.step}`, "faint"),
  ];
}

function plotLines(state: MarketState, height: number, width: number): Line[] {
  if (height < 3) return [];
  const last = state.accuracies.at(-1);
  const title: Line = [
    span("accuracy on samples nobody trained on  ", "faint"),
    span(last === undefined ? "" : percentText(last), "good"),
  ];
  const plot = braillePlot({
    values: Array.from(state.accuracies),
    steps: state.plannedRounds,
    width: width - 6,
    height: height - 1,
  });
  const label = (index: number) =>
    index === 0 ? "100 %" : index === plot.length - 1 ? "  0 %" : "     ";
  return [
    title,
    ...plot.map((text, index): Line => [span(`${label(index)}│`, "faint"), span(text, "accent")]),
  ];
}

interface LowerSize {
  readonly columns: number;
  readonly hasPlot: boolean;
}

/** Rounds at the left, the curve at the right. */
function sideBySide(state: MarketState, height: number, { columns, hasPlot }: LowerSize): Line[] {
  if (!hasPlot) return roundTable(state, height, columns);
  const plotWidth = Math.min(50, Math.floor(columns * 0.42));
  const tableWidth = columns - plotWidth - 2;
  const shown = Math.min(height, Math.max(PLOT_HEIGHT + 1, state.plannedRounds + 1));
  const table = roundTable(state, shown, tableWidth);
  const plot = plotLines(state, Math.min(shown, PLOT_HEIGHT + 4), plotWidth);
  return Array.from({ length: Math.max(table.length, plot.length) }, (_, index) => {
    const left = cutLine(table[index] ?? [], tableWidth);
    return [...left, span(" ".repeat(tableWidth - lineWidth(left) + 2)), ...(plot[index] ?? [])];
  });
}

/** The curve below the rounds. */
function stacked(state: MarketState, height: number, { columns, hasPlot }: LowerSize): Line[] {
  const plotHeight = hasPlot ? Math.min(PLOT_HEIGHT, height - 5) : 0;
  const table = roundTable(state, height - plotHeight, columns);
  return [...table, ...plotLines(state, plotHeight, columns - 2)];
}

function eventLines({ lines }: MarketState, height: number): Line[] {
  if (height < 1) return [];
  return lines
    .slice(-height)
    .map(({ ms, text }): Line => [span(` ${clockText(ms).padStart(5)}  `, "faint"), span(text)]);
}
