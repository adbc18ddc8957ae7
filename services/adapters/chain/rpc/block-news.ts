import { pause } from "../../../protocol/pause.ts";
import type { Chain } from "../connect.ts";

/** Tells of new blocks, so that whoever does something at each step of a round loses no time to its own polling. */
export interface BlockNews {
  /**
   * Waits for a block that came after this last returned, at most `longestMs`: deadlines pass without blocks, so it must be looked
   * then, too. A node that does not answer counts as no news.
   */
  until(options: { readonly longestMs: number; readonly signal: AbortSignal }): Promise<void>;
  /** Ends the subscription; the process can exit afterwards. */
  close(): void;
}

/** How often a new block is looked for without a subscription, as a part of the longest wait. */
const LOOKS_PER_WAIT = 4;
/** How soon a lost subscription is asked for again, and one that was never granted. */
const LOST_MS = 2000;
const REFUSED_MS = 60_000;

const SUBSCRIBE = JSON.stringify({
  ...{ jsonrpc: "2.0", id: 1 },
  ...{ method: "eth_subscribe", params: ["newHeads"] },
});

/**
 * Watches a chain's blocks: by a subscription where the node offers one over WebSocket at its own address, as most do, and by asking
 * for the block's number where it does not. Blocks are only ever a reason to look: what is believed is read from the node as before.
 */
export function openBlockNews({ provider, rpcUrl }: Pick<Chain, "provider" | "rpcUrl">): BlockNews {
  const closing = new AbortController();
  let socket: WebSocket | undefined;
  let isSubscribed = false;
  let isNews = false;
  let wake = () => {};
  /** The block that the last wait ended with, where there is no subscription. */
  let seen: unknown;

  function subscribe(): void {
    if (closing.signal.aborted) return;
    let wasSubscribed = false;
    const opened = openSocket(rpcUrl);
    socket = opened;
    if (opened === undefined) return;
    opened.onopen = () => opened.send(SUBSCRIBE);
    opened.onmessage = ({ data }) => {
      const message = parse(data);
      if (message.id === 1 && message.result === undefined) return opened.close();
      // The answer is news as well: blocks may have come while it was on its way.
      isSubscribed = wasSubscribed = isNews = true;
      wake();
    };
    opened.onclose = () => {
      isSubscribed = false;
      wake();
      setTimeout(subscribe, wasSubscribed ? LOST_MS : REFUSED_MS).unref();
    };
  }

  /** Waits, or less when the subscription has something to say. */
  async function rest(ms: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    wake = () => woken.abort();
    await pause(ms, AbortSignal.any([signal, woken.signal]));
  }

  const blockNumber = () => provider.send("eth_blockNumber", []).catch(() => undefined);

  async function untilSeen(longestMs: number, signal: AbortSignal): Promise<void> {
    for (let look = 0; look <= LOOKS_PER_WAIT; look++) {
      if (look > 0) await rest(longestMs / LOOKS_PER_WAIT, signal);
      if (signal.aborted || isSubscribed) return;
      const now = await blockNumber();
      if (now === undefined || now === seen) continue;
      const isFirst = seen === undefined;
      seen = now;
      if (!isFirst) return;
    }
  }

  subscribe();
  return {
    until: async ({ longestMs, signal }) => {
      const stopping = AbortSignal.any([signal, closing.signal]);
      if (!isSubscribed) await untilSeen(longestMs, stopping);
      else if (!isNews) await rest(longestMs, stopping);
      isNews = false;
    },
    close: () => {
      closing.abort();
      socket?.close();
    },
  };
}

/** Undefined for an address that has no WebSocket beside it. */
function openSocket(rpcUrl: string): WebSocket | undefined {
  try {
    const socket = new WebSocket(rpcUrl.replace(/^http/, "ws"));
    // What follows from a failure is decided when the socket closes.
    socket.onerror = () => {};
    return socket;
  } catch {
    return undefined;
  }
}

function parse(data: unknown): { readonly id?: unknown; readonly result?: unknown } {
  try {
    return Object(JSON.parse(String(data)));
  } catch {
    return {};
  }
}
