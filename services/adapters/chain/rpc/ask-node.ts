import { patientRequest } from "./patient-request.ts";
import type { RpcCall } from "./pinned-call.ts";
import type { RpcAnswer } from "./same-answer.ts";

/** A node's answers, by the number of the call. */
export type Answers = ReadonlyMap<number, RpcAnswer>;

/** A batch, or a single call or answer, as a list. */
export function listOf<T>(body: Uint8Array | null): T[] {
  const parsed = JSON.parse(new TextDecoder().decode(body ?? undefined)) as T | T[];
  return Array.isArray(parsed) ? parsed : [parsed];
}

/** The answers in the body of a response. */
export const answersOf = (body: Uint8Array | null): Answers =>
  new Map(listOf<RpcAnswer & { id: number }>(body).map((answer) => [answer.id, answer]));

/** Asks one node. @throws ethers' error when it does not answer, SyntaxError when that is no JSON. */
export async function askNode(
  url: string,
  calls: readonly RpcCall[],
  timeoutMs: number,
): Promise<Answers> {
  const request = patientRequest(url, timeoutMs);
  request.body = JSON.stringify(calls);
  request.setHeader("content-type", "application/json");
  const response = await request.send();
  response.assertOk();
  return answersOf(response.body);
}
