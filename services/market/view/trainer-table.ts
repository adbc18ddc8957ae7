import { coinColumn } from "../../protocol/market/token-amount.ts";
import { barText } from "./bar-text.ts";
import type { MarketState, TrainerRow, TrainerStage } from "./market-state.ts";
import { fitText, type Line, span, type Tone } from "./styled-line.ts";

/** Columns from which on there is room for bars, and for two tables side by side. */
export const WIDE = 100;

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

/** Who trains, how far each is, and what it has earned; at most `height` lines, the last of which counts those left out. */
export function trainerTable(state: MarketState, height: number, columns: number): Line[] {
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
