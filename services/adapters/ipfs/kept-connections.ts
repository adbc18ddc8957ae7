import type { HeliaWithLibp2p } from "@helia/libp2p";
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr";
import { contentStoreErrors } from "../../protocol/content-store.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { pause } from "../../protocol/pause.ts";
import { attempt } from "../content-store/attempt.ts";
import { createDialSome, type DialOptions } from "./dial-some.ts";
import { isMultiaddr } from "./is-multiaddr.ts";
import { peerIdOf } from "./peer-id-of.ts";

/** Wait before a lost node is dialled again, doubled from one try to the next. */
const FIRST_RETURN_MS = 500;
const LONGEST_RETURN_MS = 30_000;

/** The connections of a node: those it keeps to the nodes that it was opened with, and others on demand. */
export interface KeptConnections {
  /** Connects to a node. @throws CommonweightError CW2407 when nobody answers there, or somebody else than the address names. */
  dial(address: string, options?: DialOptions): Promise<void>;
  /** Connects to a node that somebody has named, unless too many of such are dialled now; whether it is there is not said. */
  dialNamed(address: string, options?: DialOptions): Promise<void>;
  /** Connects to whoever of the kept nodes and these providers is not connected now; failures surface as content that is not found. */
  reconnect(providers: readonly string[], signal?: AbortSignal): Promise<void>;
  /** From now on lost nodes are connected to again, without being asked for, until the signal ends it. */
  keep(signal: AbortSignal): void;
}

/** @param kept Multiaddrs of the nodes to stay connected to. */
export function createKeptConnections(
  { libp2p }: Pick<HeliaWithLibp2p, "libp2p">,
  kept: readonly string[],
): KeptConnections {
  const keepConnected = new Set(kept.map((address) => parseAddress(address).toString()));

  async function dial(
    address: string,
    { signal, timeoutMs = 10_000 }: DialOptions = {},
  ): Promise<void> {
    const target = parseAddress(address);
    try {
      await attempt(`dial ${address}`, { signal, timeoutMs }, (inner) =>
        libp2p.dial(target, { signal: inner }),
      );
    } catch (cause) {
      throw new CommonweightError(
        contentStoreErrors.unreachable,
        `nobody answers as expected at ${address}`,
        { cause, details: { address } },
      );
    }
  }

  const dialNamed = createDialSome(dial);

  /** Of these nodes those who are not connected now. */
  function missingOf(wanted: Iterable<string>): string[] {
    const connected = new Set(
      libp2p.getConnections().map((connection) => connection.remotePeer.toString()),
    );
    return [...wanted].filter((address) => !connected.has(peerIdOf(address) ?? ""));
  }

  async function reconnect(providers: readonly string[], signal?: AbortSignal): Promise<void> {
    const named = providers.filter(isMultiaddr).map((address) => parseAddress(address).toString());
    await Promise.all([
      ...missingOf(keepConnected).map((address) => dial(address, { signal }).catch(() => {})),
      ...missingOf(named).map((address) => dialNamed(address, { signal })),
    ]);
  }

  let isReturning = false;
  // Who cannot be dialled is only reached over the connection that it made itself: a lost one has to come back without being asked for.
  async function returnToKept(signal: AbortSignal): Promise<void> {
    if (isReturning) return;
    isReturning = true;
    for (let waitMs = FIRST_RETURN_MS; !signal.aborted; ) {
      await pause(waitMs, signal);
      if (signal.aborted || missingOf(keepConnected).length === 0) break;
      await reconnect([], signal);
      waitMs = Math.min(2 * waitMs, LONGEST_RETURN_MS);
    }
    isReturning = false;
  }

  return {
    ...{ dial, dialNamed, reconnect },
    keep: (signal) => {
      libp2p.addEventListener("peer:disconnect", () => void returnToKept(signal));
      if (missingOf(keepConnected).length > 0) void returnToKept(signal);
    },
  };
}

function parseAddress(address: string): Multiaddr {
  try {
    return multiaddr(address);
  } catch (cause) {
    throw new CommonweightError(contentStoreErrors.unreachable, `not a multiaddr: ${address}`, {
      cause,
      details: { address },
    });
  }
}
