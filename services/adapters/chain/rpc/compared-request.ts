import type { FetchRequest, GetUrlResponse } from "ethers";
import { CommonweightError } from "../../../protocol/errors.ts";
import { chainErrors } from "../errors.ts";
import { askAnyNode, isForAnyNode } from "./any-node.ts";
import { type Answers, answersOf, askNode, listOf } from "./ask-node.ts";
import { patientRequest } from "./patient-request.ts";
import { atBlock, type RpcCall } from "./pinned-call.ts";
import { publicUrl } from "./public-url.ts";
import { isCompared, isSameAnswer, type RpcAnswer } from "./same-answer.ts";

/** Waits between attempts, milliseconds: as long as nodes need to hear of the same block. */
const WAITS_MS: readonly number[] = [300, 600, 1200, 2400];

/**
 * A request whose answers several nodes must agree on: one that lies is caught as long as one of the others does not. The newest
 * block is the oldest of their newest ones; when answers about the newest block differ, all are asked about that one, for on a quick
 * chain nodes are hardly ever at the same. Signed transactions go to every node, and one
 * that takes them is enough; see {@link askAnyNode}.
 *
 * @param urls The node that is asked, then those it is compared with; with one only, this is {@link patientRequest}.
 * @param options.waitsMs Waits before answers that differ are asked for again.
 * @returns A request that fails with CW2211 when nodes disagree for longer than a block takes to travel, and with CW2212 when one of
 *   the others does not answer.
 */
export function comparedRequest(
  urls: readonly string[],
  { timeoutMs, waitsMs = WAITS_MS }: { timeoutMs: number; waitsMs?: readonly number[] },
): FetchRequest {
  const [url, ...others] = urls;
  if (url === undefined) throw new RangeError("no node to ask");
  const request = patientRequest(url, timeoutMs);
  if (others.length === 0) return request;
  const askFirst = request.getUrlFunc;
  const askAll: typeof askFirst = async (asked, signal) => {
    const calls = listOf<RpcCall>(asked.body).filter(
      ({ method }) => isCompared(method) || method === NEWEST_BLOCK,
    );
    if (calls.length === 0) return askFirst(asked, signal);
    const all = listOf<RpcCall>(asked.body);
    for (let attempt = 0; ; attempt++) {
      const block = attempt === 0 ? undefined : await commonBlock(urls, timeoutMs);
      const pinned = (list: readonly RpcCall[]) =>
        block === undefined ? list : list.map((each) => atBlock(each, block));
      const response = await askFirst(
        block === undefined ? asked : but(asked, pinned(all)),
        signal,
      );
      if (response.statusCode !== 200) return response;
      const own = answersOf(response.body);
      const told = await Promise.all(
        others.map((other) => askOther(other, pinned(calls), timeoutMs)),
      );
      const difference = findDifference(calls, own, told);
      if (difference === null) return agreed(response, calls, own, told);
      const waitMs = waitsMs[attempt];
      if (waitMs === undefined) {
        throw new CommonweightError(
          chainErrors.nodesDisagree,
          `${publicUrl(url)} and ${publicUrl(others[difference.node] ?? "")} answer ${difference.method} differently`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  };
  request.getUrlFunc = async (asked, signal) => {
    const all = listOf<RpcCall>(asked.body);
    const forAny = all.filter(isForAnyNode);
    if (forAny.length === 0) return askAll(asked, signal);
    const rest = all.filter((each) => !isForAnyNode(each));
    const [response, done] = await Promise.all([
      rest.length === 0 ? undefined : askAll(but(asked, rest), signal),
      Promise.all(
        forAny.map(async (each) => ({
          ...{ jsonrpc: "2.0", id: each.id },
          ...(await askAnyNode(urls, each, timeoutMs)),
        })),
      ),
    ]);
    if (response !== undefined && response.statusCode !== 200) return response;
    const answers = [...(response === undefined ? [] : listOf(response.body)), ...done];
    const body = new TextEncoder().encode(JSON.stringify(all.length === 1 ? done[0] : answers));
    return { ...(response ?? { statusCode: 200, statusMessage: "OK", headers: {} }), body };
  };
  return request;
}

const NEWEST_BLOCK = "eth_blockNumber";

/** How far behind the others a node may be: one that lies could otherwise keep its asker in the past without a word. */
const MOST_BEHIND_BLOCKS = 16;

/**
 * Asks for a block that nodes name safe, or final. Such blocks move on in steps, of which nodes hear at different times: of those that they
 * name the oldest is taken, so that no node alone can call one final.
 */
const isFinalityCall = ({ method, params }: RpcCall): boolean =>
  method === "eth_getBlockByNumber" && (params?.[0] === "safe" || params?.[0] === "finalized");

/** The number of the block in an answer; nothing for one that names none. */
const blockNumberIn = (answer: RpcAnswer | undefined): number =>
  Number((answer?.result as { number?: unknown } | null | undefined)?.number ?? Number.NaN);

/** Of what nodes say is safe or final, the oldest; the answer of a node that names none, when there is such a one. */
function oldestOf(answers: readonly (RpcAnswer | undefined)[]): RpcAnswer | undefined {
  const none = answers.find((answer) => Number.isNaN(blockNumberIn(answer)));
  if (none !== undefined) return none;
  return answers.reduce((oldest, each) =>
    blockNumberIn(each) < blockNumberIn(oldest) ? each : oldest,
  );
}

/** The newest block that all nodes have; undefined when one of them is too far behind, or does not say. */
async function commonBlock(
  urls: readonly string[],
  timeoutMs: number,
): Promise<number | undefined> {
  const call = { jsonrpc: "2.0", id: 1, method: NEWEST_BLOCK, params: [] };
  const told = await Promise.all(urls.map((url) => askOther(url, [call], timeoutMs)));
  const blocks = told.map((answers) => Number(answers.get(1)?.result ?? Number.NaN));
  const oldest = Math.min(...blocks);
  return Math.max(...blocks) - oldest <= MOST_BEHIND_BLOCKS ? oldest : undefined;
}

/** The same request with other calls, as a list or alone as it was. */
function but(asked: FetchRequest, calls: readonly RpcCall[]): FetchRequest {
  const isList = Array.isArray(JSON.parse(new TextDecoder().decode(asked.body ?? undefined)));
  const changed = asked.clone();
  changed.body = JSON.stringify(isList ? calls : calls[0]);
  return changed;
}

/** Asks another node the same calls. @throws CommonweightError CW2212 */
async function askOther(
  url: string,
  calls: readonly RpcCall[],
  timeoutMs: number,
): Promise<Answers> {
  try {
    return await askNode(url, calls, timeoutMs);
  } catch (cause) {
    throw new CommonweightError(chainErrors.comparedAway, publicUrl(url), { cause });
  }
}

/** The first of the other nodes that differs, and in what; null when all agree. */
function findDifference(
  calls: readonly RpcCall[],
  own: Answers,
  told: readonly Answers[],
): { node: number; method: string } | null {
  for (const [node, answers] of told.entries()) {
    const different = calls.find((call) => {
      const { id, method } = call;
      const [first, second] = [own.get(id), answers.get(id)];
      if (first === undefined || second === undefined) return true;
      if (isFinalityCall(call)) return false;
      return method === NEWEST_BLOCK
        ? isFarApart(first, second)
        : !isSameAnswer(method, first, second);
    });
    if (different !== undefined) return { node, method: different.method };
  }
  return null;
}

/**
 * Whether the newest blocks of two nodes are further apart than honest ones are. Of the past they would agree: by naming an old block, one
 * could hide all that came after it.
 */
function isFarApart(first: RpcAnswer, second: RpcAnswer): boolean {
  if (first.error !== undefined) return false;
  const [one, other] = [first, second].map(({ result }) => Number(result ?? Number.NaN));
  return !(Math.abs((one as number) - (other as number)) <= MOST_BEHIND_BLOCKS);
}

/**
 * What was compared, and nothing else: an answer that is given twice would be read once as the others give it, and once as it is not. Of
 * newest blocks the oldest, so that nobody is asked about a block that it has not heard of; of final ones too.
 */
function agreed(
  response: GetUrlResponse,
  calls: readonly RpcCall[],
  own: Answers,
  told: readonly Answers[],
): GetUrlResponse {
  const asked = new Set(calls.filter(({ method }) => method === NEWEST_BLOCK).map(({ id }) => id));
  const finality = new Set(calls.filter(isFinalityCall).map(({ id }) => id));
  const answers = [...own].map(([id, answer]) => {
    if (finality.has(id)) {
      return { ...oldestOf([answer, ...told.map((each) => each.get(id))]), id };
    }
    if (!asked.has(id) || answer.error !== undefined) return answer;
    const blocks = [answer, ...told.map((each) => each.get(id))];
    const oldest = Math.min(...blocks.map((each) => Number(each?.result)));
    return { ...answer, result: `0x${oldest.toString(16)}` };
  });
  return { ...response, body: new TextEncoder().encode(JSON.stringify(answers)) };
}
