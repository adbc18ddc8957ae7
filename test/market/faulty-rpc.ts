import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Ways in which a node, or the way to it, fails. */
export type RpcFault =
  /** The connection ends before the request reaches the node. */
  | "drop"
  /** The node does what it is asked, and its answer is lost: a sent transaction may be mined unheard. */
  | "lose-answer"
  | "delay"
  | "too-many"
  | "server-error"
  /** Answers as a node that is some blocks behind. */
  | "old-block";

/** A JSON-RPC endpoint in front of a node that fails on purpose. */
export interface FaultyRpc {
  readonly url: string;
  /** How often each fault happened, so that a test can show that it tested something. */
  readonly counts: ReadonlyMap<RpcFault, number>;
  /** Chance of each fault, 0 to 1 and together at most 1, from now on; empty for an honest node. */
  setFaults(chances: Partial<Record<RpcFault, number>>): void;
  stop(): Promise<void>;
}

interface RpcCall {
  readonly id: number;
  readonly method: string;
  readonly params: unknown[];
}

const BLOCKS_BEHIND = 3;
const DELAY_MS = 700;
/** Where each method has its block; the newest when it is absent. */
const BLOCK_ARGUMENT: Readonly<Record<string, number>> = {
  eth_call: 1,
  eth_getTransactionCount: 1,
  eth_getBlockByNumber: 0,
  eth_getBalance: 1,
};

/** Repeats for the same seed, as far as the order of requests does. */
function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Starts the proxy on a free port of 127.0.0.1. */
export async function startFaultyRpc(options: {
  target: string;
  seed: number;
}): Promise<FaultyRpc> {
  const { target } = options;
  const random = mulberry(options.seed);
  const counts = new Map<RpcFault, number>();
  let chances: [RpcFault, number][] = [];

  const draw = (): RpcFault | undefined => {
    let left = random();
    for (const [fault, chance] of chances) {
      left -= chance;
      if (left < 0) return fault;
    }
    return undefined;
  };
  const ask = async (body: string) => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(target, { method: "POST", body, headers });
    return response.text();
  };

  async function withOldBlock(body: string): Promise<string> {
    const newest = JSON.parse(
      await ask('{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}'),
    ) as { result: string };
    const block = `0x${Math.max(0, Number(newest.result) - BLOCKS_BEHIND).toString(16)}`;
    const parsed = JSON.parse(body) as RpcCall | RpcCall[];
    const old = (call: RpcCall): RpcCall => {
      const place = BLOCK_ARGUMENT[call.method];
      if (place === undefined) return call;
      const params = [...call.params];
      if (params[place] === undefined || params[place] === "latest") params[place] = block;
      return { ...call, params };
    };
    const calls = Array.isArray(parsed) ? parsed : [parsed];
    const answers = JSON.parse(await ask(JSON.stringify(calls.map(old)))) as {
      id: number;
      result?: unknown;
    }[];
    for (const answer of answers) {
      const call = calls.find(({ id }) => id === answer.id);
      if (call?.method === "eth_blockNumber") answer.result = block;
      // What is newer than its block this node has not heard of.
      if (call?.method === "eth_getTransactionReceipt") answer.result = null;
    }
    return JSON.stringify(Array.isArray(parsed) ? answers : answers[0]);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces).toString("utf8");
    const fault = draw();
    if (fault !== undefined) counts.set(fault, (counts.get(fault) ?? 0) + 1);
    if (fault === "drop") return void request.socket.destroy();
    if (fault === "too-many") return void response.writeHead(429).end("too many requests");
    if (fault === "server-error") return void response.writeHead(500).end("<h1>Oops</h1>");
    if (fault === "delay") await new Promise((resolve) => setTimeout(resolve, DELAY_MS));
    const answer = await (fault === "old-block" ? withOldBlock(body) : ask(body));
    if (fault === "lose-answer") return void request.socket.destroy();
    response.writeHead(200, { "content-type": "application/json" }).end(answer);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    setFaults: (given) => {
      chances = Object.entries(given) as [RpcFault, number][];
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
