import { clockText } from "../../protocol/duration-text.ts";
import { percentText } from "../../protocol/percent-text.ts";
import { coinColumn } from "../../protocol/token-amount.ts";
import { voidWords } from "../../protocol/void-words.ts";
import { braillePlot } from "./braille-plot.ts";
import type { MarketState, RoundRow, TrainerRow, TrainerStage } from "./market-state.ts";
import {
  cutLine,
  fitText,
  type Line,
  lineWidth,
  type Span,
  span,
  type Tone,
} from "./styled-line.ts";

/** The screen to draw for. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

const WIDE = 100;
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

const STAGE_TONES: Readonly<Record<TrainerStage, Tone>> = {
  starting: "faint",
  waiting: "faint",
  training: "busy",
  sealing: "busy",
  committed: "accent",
  revealed: "accent",
  accepted: "good",
  removed: "bad",
  crashed: "bad",
};

const STAGE_WORDS: Readonly<Record<TrainerStage, string>> = {
  starting: "starting",
  waiting: "waiting for the round",
  training: "training on its own samples",
  sealing: "committing and sealing its update",
  committed: "committed and sealed",
  revealed: "key released",
  accepted: "accepted and paid",
  removed: "removed",
  crashed: "killed; it will come back",
};

const MARKS: Readonly<Record<Tone, string>> = {
  plain: "·",
  strong: "·",
  faint: "·",
  busy: "◐",
  accent: "●",
  good: "✓",
  bad: "✗",
};

function trainerTable(state: MarketState, height: number, columns: number): Line[] {
  // For bars only: a number is exact enough, and at least 1 so that it divides.
  const mostWei = Math.max(1, ...state.trainers.map(({ earnedWei }) => Number(earnedWei)));
  const barWidth = columns >= WIDE ? 12 : 0;
  const nameWidth = 12;
  const attackWidth = columns >= 76 ? 14 : 0;
  const moneyWidth = columns >= 60 ? 20 : 10;
  const stateWidth = Math.max(
    8,
    columns - 3 - nameWidth - attackWidth - moneyWidth - (barWidth > 0 ? barWidth + 2 : 0),
  );
  const money = (last: string, total: string) =>
    moneyWidth === 20 ? `${last.padStart(9)}${total.padStart(11)}` : total.padStart(10);
  const head: Line = [
    span(
      `   ${fitText("trainer", nameWidth)}${fitText(attackWidth > 0 ? "plays" : "", attackWidth)}${fitText("state", stateWidth)}${money("last ETH", "total ETH")}`,
      "faint",
    ),
  ];
  const row = (each: TrainerRow): Line => {
    const tone = STAGE_TONES[each.stage];
    const words = each.reason === "" ? STAGE_WORDS[each.stage] : `removed: ${each.reason}`;
    const bar = barWidth > 0 ? barText(Number(each.earnedWei) / mostWei, barWidth) : "";
    return [
      span(` ${MARKS[tone]} `, tone),
      span(fitText(each.name, nameWidth), "strong"),
      span(
        fitText(each.attack ?? (attackWidth > 0 ? "fair" : ""), attackWidth),
        each.attack ? "bad" : "faint",
      ),
      span(fitText(words, stateWidth), tone),
      span(money(coinColumn(each.lastEarnedWei), coinColumn(each.earnedWei))),
      span(bar === "" ? "" : `  ${bar}`, "good"),
    ];
  };
  const shown = state.trainers.length + 1 > height ? height - 2 : state.trainers.length;
  const hidden = state.trainers.length - shown;
  return [
    head,
    ...state.trainers.slice(0, Math.max(0, shown)).map(row),
    ...(hidden > 0 ? [[span(`   … and ${hidden} more`, "faint")]] : []),
  ];
}

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar of eighths of a cell. */
function barText(fraction: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, fraction)) * width * 8);
  return `${"█".repeat(Math.floor(eighths / 8))}${EIGHTHS[eighths % 8]}`;
}

function proofLine({ proof, rounds }: MarketState, columns: number): Line {
  const last = rounds.findLast(({ proofSeconds }) => proofSeconds !== undefined);
  if (proof === undefined) {
    const words =
      last === undefined
        ? "a zero-knowledge proof decides who is paid; none has begun yet"
        : `round ${last.roundIndex + 1} proven in ${last.proofSeconds?.toFixed(1)} s${last.isSettled ? ", verified on chain" : ""}`;
    return [span(" proof ", "strong"), span(words, "faint")];
  }
  const width = Math.max(10, Math.min(40, columns - 48));
  const bar = barText(proof.fraction, width);
  return [
    span(" proof ", "strong"),
    span(bar, "accent"),
    span("░".repeat(width - bar.length), "faint"),
    span(` ${Math.round(100 * proof.fraction)} %`.padEnd(7), "strong"),
    span(`round ${proof.roundIndex + 1}, ${proof.step}`, "faint"),
  ];
}

function roundTable(state: MarketState, height: number, width: number): Line[] {
  if (height < 2) return [];
  const head = span(
    ` ${fitText("round", 7)}${fitText("accuracy", 10)}${fitText("proof", 9)}${fitText("gas", 11)}${fitText("paid", 9)}removed`,
    "faint",
  );
  const rows = state.rounds.slice(-(height - 1)).map((row) => roundLine(row, width));
  return [[head], ...rows];
}

function roundLine(row: RoundRow, width: number): Line {
  const { roundIndex, accuracy, proofSeconds, gasUsed, paidWei, isSettled, removed, voidReason } =
    row;
  const cells: Span[] = [
    span(` ${fitText(String(roundIndex + 1), 7)}`, "strong"),
    span(fitText(accuracy === undefined ? "" : percentText(accuracy), 10), "good"),
    span(fitText(proofSeconds === undefined ? "" : `${proofSeconds.toFixed(1)} s`, 9)),
    span(fitText(gasUsed === 0n ? "" : gasUsed.toLocaleString("en"), 11)),
    span(fitText(isSettled ? coinColumn(paidWei) : "", 9)),
  ];
  const numbers = removed.map((name) => name.replace("trainer-", "")).sort((a, b) => +a - +b);
  const words =
    voidReason !== undefined
      ? `came to nothing: ${voidWords(voidReason)}`
      : numbers.length > 0
        ? `trainer${numbers.length > 1 ? "s" : ""} ${numbers.join(", ")}`
        : isSettled
          ? "nobody"
          : "";
  cells.push(
    span(
      fitText(words, Math.max(0, width - lineWidth(cells))),
      numbers.length > 0 ? "bad" : "faint",
    ),
  );
  return cells;
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
