import { keccak256 } from "ethers";
import { askNode } from "./ask-node.ts";
import type { RpcCall } from "./pinned-call.ts";
import type { RpcAnswer } from "./same-answer.ts";

const SEND = "eth_sendRawTransaction";
const ESTIMATE = "eth_estimateGas";
const ALREADY_THERE = /already known|known transaction|already imported|already exists/i;

/** Whether one node that does it is enough: what is sent, and the estimate without which nothing is sent. */
export const isForAnyNode = ({ method }: RpcCall): boolean =>
  method === SEND || method === ESTIMATE;

/** A node's words for having the transaction already, which is as good as taking it. */
export const isAlreadyThere = (message: string): boolean => ALREADY_THERE.test(message);

/** Carries an answer that is a refusal, so that the next node is tried. */
class Refusal extends Error {
  readonly answer: RpcAnswer;

  constructor(answer: RpcAnswer) {
    super("refused");
    this.answer = answer;
  }
}

/**
 * Asks until a node does what it is asked for: a signed transaction goes to all of them at once, since one that keeps it to itself could
 * otherwise hold up its sender; for the cost of a transaction one is asked after the other.
 *
 * @returns The answer of one that did, or the refusal of the first that answered when none did.
 * @throws The first node's error when none answered.
 */
export async function askAnyNode(
  urls: readonly string[],
  call: RpcCall,
  timeoutMs: number,
): Promise<RpcAnswer> {
  const errors: unknown[] = [];
  try {
    if (call.method === SEND) {
      return await Promise.any(urls.map((url) => take(url, call, timeoutMs)));
    }
    for (const url of urls) {
      try {
        return await take(url, call, timeoutMs);
      } catch (error) {
        errors.push(error);
      }
    }
  } catch (error) {
    errors.push(...(error as AggregateError).errors);
  }
  const refusal = errors.find((error) => error instanceof Refusal);
  if (refusal === undefined) throw errors[0];
  return refusal.answer;
}

async function take(url: string, call: RpcCall, timeoutMs: number): Promise<RpcAnswer> {
  const answer = (await askNode(url, [call], timeoutMs)).get(call.id) ?? { error: "no answer" };
  if (call.method !== SEND) {
    if (answer.error !== undefined) throw new Refusal(answer);
    return answer;
  }
  const { message } = Object(answer.error) as { message?: unknown };
  if (answer.error !== undefined && !isAlreadyThere(String(message))) throw new Refusal(answer);
  // Whatever the node calls it: this is the hash of what was signed.
  return { result: keccak256(String(call.params?.[0])) };
}
