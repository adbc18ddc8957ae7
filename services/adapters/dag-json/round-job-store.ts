import * as dagJson from "@ipld/dag-json";
import type { ContentStore, GetOptions } from "../../protocol/content-store.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import {
  MAX_ROUND_JOB_BYTES,
  parseRoundJob,
  type RoundJob,
  roundJobErrors,
} from "../../protocol/round/round-job.ts";

/** Publishes a round's job; its CID goes into the opening of the round. */
export async function putRoundJob(
  store: Pick<ContentStore, "put">,
  job: RoundJob,
): Promise<string> {
  return store.put(dagJson.encode(parseRoundJob(job)), { codec: "dag-json" });
}

/** Fetches and validates a round's job. @throws CommonweightError CW1220, CW24xx as the store. */
export async function getRoundJob(
  store: Pick<ContentStore, "get">,
  cid: string,
  options: GetOptions = {},
): Promise<RoundJob> {
  const bytes = await store.get(cid, { ...options, maxBytes: MAX_ROUND_JOB_BYTES });
  let value: unknown;
  try {
    value = dagJson.decode(bytes);
  } catch (cause) {
    throw new CommonweightError(roundJobErrors.malformed, "not dag-json", { cause });
  }
  return parseRoundJob(value);
}
