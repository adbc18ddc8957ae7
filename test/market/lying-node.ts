import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One call of a node. */
export interface NodeCall {
  readonly method: string;
  readonly params: readonly unknown[];
}

/** What a node says to it. */
export type NodeAnswer = { readonly result: unknown } | { readonly error: unknown };

/** A way not to tell the truth. */
export interface Lie {
  /** What is lied about, the same for all lies of this sort: `eth_getLogs RoundSettled.budgetWei`. */
  readonly kind: string;
  /** Where exactly. */
  readonly what: string;
  /** Asks the honest node for something else than was asked. */
  readonly ask?: (call: NodeCall) => NodeCall;
  /** Says something else than the honest node. */
  readonly tell?: (call: NodeCall, answer: NodeAnswer) => NodeAnswer;
}

/** A node in front of an honest one. */
export interface LyingNode {
  readonly url: string;
  /** Tells the truth, of the same moment, to whoever asks there. */
  readonly honestUrl: string;
  /** What it was asked since it was last told how to lie, with the truth. */
  readonly heard: ReadonlyMap<string, { readonly call: NodeCall; readonly answer: NodeAnswer }>;
  /** Lies like this from now on; undefined for an honest node. */
  lie(lie: Lie | undefined): void;
  stop(): Promise<void>;
}

interface Request extends NodeCall {
  readonly id: number;
}

const HONEST_PATH = "/honest";
const keyOf = ({ method, params }: NodeCall) => JSON.stringify([method, params]);

/**
 * Starts a node that tells everything but what it lies about as an honest one does. The chain stands still for whoever asks it, and what it
 * was asked before it says without asking again, so that many lies can be told in little time.
 */
export async function startLyingNode(target: string): Promise<LyingNode> {
  const known = new Map<string, Promise<NodeAnswer>>();
  const heard = new Map<string, { call: NodeCall; answer: NodeAnswer }>();
  let told: Lie | undefined;

  async function ask({ method, params }: NodeCall): Promise<NodeAnswer> {
    const response = await fetch(target, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const { result, error } = (await response.json()) as { result?: unknown; error?: unknown };
    return error === undefined ? { result } : { error };
  }

  /** The truth, as of the moment when it was first asked for. */
  function truth(call: NodeCall): Promise<NodeAnswer> {
    const key = keyOf(call);
    const answer = known.get(key) ?? ask(call);
    known.set(key, answer);
    return answer;
  }

  async function answer({ id, method, params }: Request, isHonest: boolean) {
    const call = { method, params };
    if (isHonest) return { jsonrpc: "2.0", id, ...(await truth(call)) };
    const honest = await truth(told?.ask?.(call) ?? call);
    heard.set(keyOf(call), { call, answer: honest });
    const said = told?.tell?.(call, structuredClone(honest)) ?? honest;
    return { jsonrpc: "2.0", id, ...said };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const isHonest = request.url === HONEST_PATH;
    const body = JSON.parse(Buffer.concat(pieces).toString("utf8")) as Request | Request[];
    const answers = Array.isArray(body)
      ? await Promise.all(body.map((each) => answer(each, isHonest)))
      : await answer(body, isHonest);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answers));
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ url, honestUrl: `${url}${HONEST_PATH}` },
    heard,
    lie: (lie) => {
      told = lie;
      heard.clear();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
