import { verdictWords } from "../command-line/verdict-words.ts";
import { coinColumn } from "../protocol/market/token-amount.ts";
import { voidWords } from "../protocol/market/void-words.ts";
import { percentText } from "../protocol/percent-text.ts";
import type { MarketEvent } from "./market-event.ts";

/** Of a market on one machine, which always pays in the wrapper of its chain's coin. */
const coins = (amountWei: unknown) => `${coinColumn(BigInt(String(amountWei ?? 0)))} ETH`;
const short = (text: unknown) => String(text).slice(0, 10);

/** A line for people about something that happened; undefined for what nobody needs to see. */
export function describeMarketEvent(event: MarketEvent): string | undefined {
  const { process: name, type } = event;
  const round = event.roundIndex === undefined ? "" : `round ${event.roundIndex}: `;
  const line = (text: string) => `${name.padEnd(11)} ${round}${text}`;
  switch (type) {
    case "chain-ready":
      return line(`chain at ${event.rpcUrl}`);
    case "deployed":
      return line("contracts deployed (development key: its secret is public, not for real money)");
    case "project-posted":
      return line(`project ${event.projectId} posted, ${coins(event.escrowWei)} in escrow`);
    case "awaiting":
      return line("runs, and waits for its project to be posted");
    case "continued":
      return line(`project ${event.projectId} goes on, ${coins(event.escrowWei)} in escrow`);
    case "joined":
      return line("joined with a stake");
    case "reference-ready":
      return line("reference and pay gradient committed, before anybody trains");
    case "round-opened":
      return line("opened");
    case "training":
      return line("training on its own samples");
    case "too-late":
      return line("was not ready in time, and waits for the next round");
    case "sealed":
      return line(`update committed and sealed (${Math.round(Number(event.bytes) / 1024)} KiB)`);
    case "key-released":
      return line("key released after the commit phase");
    case "proving":
      return line(`proving ${event.readable} updates`);
    case "proof-progress":
      // The end of it has a line of its own.
      return Number(event.fraction) === 1
        ? undefined
        : line(`proof ${percentText(Number(event.fraction))} (${event.step})`);
    case "proven":
      return line(`proven in ${Number(event.seconds).toFixed(1)} s`);
    case "round-settled":
      return line(
        `proof verified on chain and pay credited for ${Number(event.gasUsed).toLocaleString("en")} gas`,
      );
    case "outcome":
      return line(
        event.verdict === "accepted"
          ? `accepted, earned ${coins(event.earnedWei)}`
          : verdictWords(event.verdict),
      );
    case "evaluated":
      return line(`model ${event.version}: accuracy ${percentText(Number(event.accuracy))}`);
    case "voided":
      return line(`came to nothing: ${voidWords(event.reason)}`);
    case "crashed":
      return line("killed");
    case "came-back":
      return line("is back");
    case "died":
    case "failed":
      return line(`${type}: ${event.message ?? event.code}`);
    case "ended":
      return line("project ended, everybody is paid");
    case "log":
      return line(short(event.text) === "" ? "" : String(event.text));
    default:
      return undefined;
  }
}
