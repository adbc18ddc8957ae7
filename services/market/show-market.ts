import type { Terminal } from "../command-line/terminal.ts";
import { describeMarketEvent } from "./market-lines.ts";
import type { MarketOptions } from "./market-plan.ts";
import { openFullScreen } from "./view/full-screen.ts";
import { initialMarketState, reduceMarket, type TimedEvent } from "./view/market-state.ts";
import { renderMarket } from "./view/render-market.ts";

/** Shows people what happens while it happens. */
export interface MarketDisplay {
  show(event: TimedEvent): void;
  /** A line that belongs to no event. */
  say(text: string): void;
  /** Gives the terminal back; what is printed afterwards stays. */
  close(): void;
}

/** What a display needs to know. */
export interface DisplayOptions {
  readonly terminal: Terminal;
  readonly market: MarketOptions;
  /** Milliseconds since the start. */
  readonly elapsedMs: () => number;
}

/** The live view on the whole screen, where there is one; lines otherwise, or when they are asked for. */
export function openMarketDisplay(options: DisplayOptions, isPlain: boolean): MarketDisplay {
  const { screen } = options.terminal;
  return isPlain || screen === undefined ? lineDisplay(options) : screenDisplay(options, screen);
}

/** Shows nothing, for `--json`. */
export const silentDisplay: MarketDisplay = { show: () => {}, say: () => {}, close: () => {} };

function lineDisplay({ terminal, elapsedMs }: DisplayOptions): MarketDisplay {
  const say = (text: string) => {
    const seconds = (elapsedMs() / 1000).toFixed(0);
    terminal.writeResult(`${seconds.padStart(4)} s  ${text}`);
  };
  say("Commonweight: a whole market on this machine. Starting chain, aggregators and trainers …");
  return {
    show: (event) => {
      const line = describeMarketEvent(event);
      if (line !== undefined) say(line);
    },
    say,
    close: () => {},
  };
}

function screenDisplay(
  { market, elapsedMs }: DisplayOptions,
  screen: NonNullable<Terminal["screen"]>,
): MarketDisplay {
  let state = initialMarketState(market);
  const view = openFullScreen({
    screen,
    draw: () =>
      renderMarket(state, { columns: screen.columns(), rows: screen.rows() }, elapsedMs()),
  });
  const show = (event: TimedEvent) => {
    state = reduceMarket(state, event);
    view.update();
  };
  return {
    show,
    say: (text) => show({ process: "market", type: "log", text, ms: elapsedMs() }),
    close: () => view.close(),
  };
}
