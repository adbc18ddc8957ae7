import { verdictReason } from "../command-line/verdict-words.ts";
import { clockText } from "../protocol/duration-text.ts";
import { coinColumn } from "../protocol/market/token-amount.ts";
import { voidWords } from "../protocol/market/void-words.ts";
import { percentText } from "../protocol/percent-text.ts";
import type { MarketReport } from "./market-report.ts";

const percentOrNone = (share: number | null | undefined) =>
  share == null ? "–" : percentText(share);

/** Columns as wide as their widest cell; those named in `right` are numbers. */
function table(head: readonly string[], rows: readonly string[][], right: readonly string[]) {
  const widths = head.map((name, k) =>
    Math.max(name.length, ...rows.map((row) => row[k]?.length ?? 0)),
  );
  return [head, ...rows].map((row) =>
    row
      .map((cell, k) => {
        const width = widths[k] as number;
        return right.includes(head[k] as string) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
}

/** A row for each round; whoever was removed besides the first one has a line of its own. */
function roundRows({ rounds }: MarketReport): string[][] {
  return rounds.flatMap(({ roundIndex, accuracy, gasUsed, proofSeconds, paidWei, trainers }) => {
    const [first = "nobody", ...others] = trainers
      .filter(({ verdict }) => verdict !== "accepted")
      .map(({ name, verdict }) => `${name}: ${verdictReason(verdict)}`);
    const row = [
      String(roundIndex),
      percentOrNone(accuracy),
      proofSeconds === null ? "–" : `${Number(proofSeconds).toFixed(1)} s`,
      gasUsed === null ? "–" : Number(gasUsed).toLocaleString("en"),
      coinColumn(paidWei),
      first,
    ];
    return [row, ...others.map((other) => ["", "", "", "", "", other])];
  });
}

/** The report as tables for people: how it went, round by round, and what each trainer got. */
export function reportText(report: MarketReport): string {
  const { rounds, voidRounds, trainers, totals, initialAccuracy, peakMemoryMb } = report;
  const last = rounds.at(-1)?.accuracy ?? null;
  const sums = [
    `${rounds.length} ${rounds.length === 1 ? "round" : "rounds"} in ${clockText(totals.milliseconds)}`,
    `accuracy ${percentOrNone(initialAccuracy)} → ${percentOrNone(last)}`,
    `${coinColumn(totals.paidWei)} ETH paid`,
    ...(peakMemoryMb === null ? [] : [`${(peakMemoryMb / 1000).toFixed(1)} GB of memory at most`]),
  ];
  return [
    "",
    sums.join(", "),
    "",
    ...table(
      ["round", "accuracy", "proof", "settling gas", "paid (ETH)", "removed"],
      roundRows(report),
      ["round", "accuracy", "proof", "settling gas", "paid (ETH)"],
    ),
    ...voidRounds.map(
      ({ roundIndex, reason }) => `round ${roundIndex} came to nothing: ${voidWords(reason)}`,
    ),
    "",
    ...table(
      ["trainer", "plays", "earned (ETH)", "reliability"],
      trainers.map(({ name, attack, crashed, earnedWei, reliability }) => [
        name,
        attack ?? (crashed ? "fair; was killed and came back" : "fair"),
        coinColumn(earnedWei),
        `${((100 * reliability) / 65535).toFixed(0)} %`,
      ]),
      ["earned (ETH)", "reliability"],
    ),
  ].join("\n");
}
