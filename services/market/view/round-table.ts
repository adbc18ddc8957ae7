import { coinColumn } from "../../protocol/market/token-amount.ts";
import { voidWords } from "../../protocol/market/void-words.ts";
import { percentText } from "../../protocol/percent-text.ts";
import type { MarketState, RoundRow } from "./market-state.ts";
import { fitText, type Line, lineWidth, type Span, span } from "./styled-line.ts";

/** The latest rounds: accuracy, proof, gas, pay, and who was removed; at most `height` lines. */
export function roundTable(state: MarketState, height: number, width: number): Line[] {
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
    span(` ${fitText(String(roundIndex), 7)}`, "strong"),
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
