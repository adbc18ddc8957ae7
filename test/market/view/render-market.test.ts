import { describe, expect, it } from "vitest";
import { braillePlot } from "../../../services/market/view/braille-plot.ts";
import type { MarketState } from "../../../services/market/view/market-state.ts";
import { renderMarket } from "../../../services/market/view/render-market.ts";
import { fitText, lineText, lineWidth, span } from "../../../services/market/view/styled-line.ts";
import { provingRound, settledRound, stateAfter } from "./market-events.ts";

const textOf = (state: MarketState, columns: number, rows: number) =>
  renderMarket(state, { columns, rows }, 83_000)
    .map((line) => lineText(line, false).trimEnd())
    .join("\n");

const proving = stateAfter(provingRound(0), settledRound(0, 0.531), provingRound(1));
const ended = stateAfter(provingRound(0), settledRound(0, 0.531), [["chain", "ended"]]);

describe("the screen of the live view", () => {
  it("shows rounds, trainers, proof and curve at a glance", () => {
    expect(textOf(proving, 80, 24)).toMatchInlineSnapshot(`
      " Commonweight  round 1 (2 of 3): proving                                   1:23
       page http://127.0.0.1:8600         escrow 3.0000  paid 0.9000 ETH  gas 900,000
      ────────────────────────────────────────────────────────────────────────────────
         trainer     plays         state                           last ETH  total ETH
       ● trainer-1   fair          key released                      0.5000     0.5000
       ● trainer-2   fair          key released                      0.4000     0.4000
       ● trainer-3   sign-flip     key released                      0.0000     0.0000
       proof ████████████████░░░░░░░░░░░░░░░░ 50 %  round 1, multi-scalar multiplicat…

       round  accuracy  proof    gas        paid     removed
       0      53.1 %    5.9 s    750,000    0.9000   trainer 3
       1                         150,000
      accuracy on samples nobody trained on  53.1 %
      100 %│⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
           │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
           │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣀⣀⡠⠤⠤⠔⠒⠂⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
           │⠀⠀⠀⠀⠀⢀⣀⣀⡠⠤⠤⠒⠒⠒⠉⠉⠉⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
        0 %│⠒⠒⠊⠉⠉⠁⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
        0:38  trainer-3   round 1: training on its own samples
        0:40  trainer-3   round 1: update committed and sealed (10 KiB)
        0:41  trainer-1   round 1: key released after the commit phase
        0:42  trainer-2   round 1: key released after the commit phase
        0:43  trainer-3   round 1: key released after the commit phase
        0:44  aggregator  round 1: proving 3 updates"
    `);
  });

  it("puts the curve beside the rounds where there is room", () => {
    expect(textOf(ended, 110, 22)).toMatchInlineSnapshot(`
      " Commonweight  the project has ended, everybody is paid                                                  1:23
       page http://127.0.0.1:8600                                       escrow 3.0000  paid 0.9000 ETH  gas 750,000
      ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
         trainer     plays         state                                           last ETH  total ETH
       ✓ trainer-1   fair          accepted and paid                                 0.5000     0.5000  ████████████
       ✓ trainer-2   fair          accepted and paid                                 0.4000     0.4000  █████████▋
       ✗ trainer-3   sign-flip     removed: against the owner's                      0.0000     0.0000
       proof round 0 proven in 5.9 s, verified on chain

       round  accuracy  proof    gas        paid     removed          accuracy on samples nobody trained on  53.1 %
       0      53.1 %    5.9 s    750,000    0.9000   trainer 3        100 %│⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
                                                                           │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
                                                                           │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢀⡀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
                                                                           │⠀⠀⠀⠀⠀⠀⠀⢀⡠⠤⠒⠉⠁⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
                                                                           │⠀⠀⣀⡠⠔⠒⠉⠁⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
                                                                        0 %│⠒⠉⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
        0:24  aggregator  round 0: proof verified on chain and pay credited for 600,000 gas
        0:27  trainer-1   round 0: accepted, earned 0.5000 ETH
        0:28  trainer-2   round 0: accepted, earned 0.4000 ETH
        0:29  trainer-3   round 0: rejected: it points against the owner's reference
        0:30  referee     model 1: accuracy 53.1 %
        0:31  chain       project ended, everybody is paid"
    `);
  });

  it.each([
    [200, 60],
    [110, 40],
    [80, 24],
    [79, 23],
    [60, 12],
    [40, 10],
    [20, 5],
    [5, 3],
    [1, 1],
  ])("fits %i columns and %i rows", (columns, rows) => {
    for (const state of [stateAfter(), proving, ended]) {
      const lines = renderMarket(state, { columns, rows }, 3_600_000);

      expect(lines.length).toBeLessThanOrEqual(rows);
      expect(Math.max(...lines.map(lineWidth))).toBeLessThanOrEqual(columns);
    }
  });

  it("keeps the clock when the phase is too long", () => {
    expect(textOf(proving, 30, 10).split("\n")[0]).toMatch(/… 1:23$/);
  });

  it("says how many trainers are not shown", () => {
    const trainers = Array.from({ length: 13 }, (_, index) => ({
      ...(proving.trainers[0] as MarketState["trainers"][number]),
      name: `trainer-${index + 1}`,
    }));

    const text = textOf({ ...proving, trainers }, 80, 18);

    const shown = text.match(/trainer-\d+ {2,}fair/g)?.length ?? 0;
    expect(shown).toBeGreaterThan(0);
    expect(text).toContain(`… and ${13 - shown} more`);
  });
});

describe("a line", () => {
  it("is coloured by what it means, or not at all", () => {
    const line = [span("a", "good"), span("b")];

    expect(lineText(line, true)).toBe("\u001b[32ma\u001b[0mb");
    expect(lineText(line, false)).toBe("ab");
  });

  it("is cut with an ellipsis", () => {
    expect(fitText("accuracy", 5)).toBe("accu…");
    expect(fitText("abc", 5)).toBe("abc  ");
    expect(fitText("abc", 0)).toBe("");
  });
});

describe("the braille plot", () => {
  it("draws 0 at the bottom and 1 at the top", () => {
    expect(braillePlot({ values: [0, 1], steps: 1, width: 2, height: 1 })).toEqual(["⡠⠊"]);
  });

  it("leaves the rounds to come empty", () => {
    const [row] = braillePlot({ values: [1, 1], steps: 4, width: 8, height: 1 });

    expect(row).toBe("⠉⠉⠁⠀⠀⠀⠀⠀");
  });

  it("leaves out what nobody knows, and joins only neighbours", () => {
    expect(braillePlot({ values: [undefined, 1], steps: 1, width: 2, height: 1 })).toEqual(["⠀⠈"]);
  });

  it("draws a point for a single value, and nothing for none", () => {
    expect(braillePlot({ values: [1], steps: 2, width: 2, height: 1 })).toEqual(["⠁⠀"]);
    expect(braillePlot({ values: [], steps: 2, width: 2, height: 1 })).toEqual(["⠀⠀"]);
  });
});
