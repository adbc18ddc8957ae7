import { type Market, startMarket } from "../../services/market/market.ts";
import type { MarketOptions } from "../../services/market/market-plan.ts";
import { marketReport } from "../../services/market/market-report.ts";
import { reportText } from "../../services/market/report-text.ts";
import { openMarketDisplay } from "../../services/market/show-market.ts";
import {
  initialMarketState,
  reduceMarket,
  type TimedEvent,
} from "../../services/market/view/market-state.ts";
import { renderMarket } from "../../services/market/view/render-market.ts";
import type { Line } from "../../services/market/view/styled-line.ts";

/** What a market showed while it ran, and the market, which still runs. */
export interface RecordedMarket {
  readonly market: Market;
  /** What `npm start -- --plain` prints. */
  readonly lines: readonly string[];
  /** The tables at the end. */
  readonly tables: string;
  /** The live view in the middle of the last round but one's proof. */
  readonly frame: readonly Line[];
}

const SIZE = { columns: 110, rows: 34 };

/** Runs the market that `npm start` runs, with the same displays, and keeps what they show. */
export async function recordMarket(
  marketOptions: MarketOptions,
  around: Pick<Parameters<typeof startMarket>[0], "stateFolder" | "port" | "webFolder" | "signal">,
): Promise<RecordedMarket> {
  const startedAt = Date.now();
  const elapsedMs = () => Date.now() - startedAt;
  const lines: string[] = [];
  const terminal = {
    writeResult: (text: string) => {
      lines.push(text);
      process.stderr.write(`${text}\n`);
    },
    writeMessage: () => {},
    writeProgress: () => {},
    hasColor: false,
    isInteractive: false,
  };
  const display = openMarketDisplay({ terminal, market: marketOptions, elapsedMs }, true);
  const events: TimedEvent[] = [];
  let state = initialMarketState(marketOptions);
  let frame: readonly Line[] | undefined;
  const market = await startMarket({ ...marketOptions, ...around }, (event) => {
    const timed = { ...event, ms: elapsedMs() };
    events.push(timed);
    display.show(timed);
    state = reduceMarket(state, timed);
    const { proof } = state;
    if (proof?.roundIndex !== marketOptions.rounds - 2 || proof.fraction < 0.4) return;
    frame ??= renderMarket(state, SIZE, timed.ms);
  });
  const project = await market.ended;
  const report = await marketReport(market, project, marketOptions, events);
  const last = renderMarket(state, SIZE, elapsedMs());
  return { market, lines, tables: reportText(report).trim(), frame: frame ?? last };
}
