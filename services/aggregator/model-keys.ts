import type { Chain } from "../adapters/chain/connect.ts";
import { isModelReader, readEncryptionKey } from "../adapters/chain/model-readers.ts";
import { readProject } from "../adapters/chain/project.ts";
import { readModels } from "../adapters/chain/published-models.ts";
import type { ContentStore } from "../protocol/content-store.ts";
import type { EncryptionKeyPair, Envelope } from "../protocol/envelope.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { toHex } from "../protocol/hex.ts";
import { maxModelFileBytes } from "../protocol/load-model.ts";
import { modelContext } from "../protocol/private-model.ts";
import { grantFileKey } from "../protocol/sealed-file.ts";
import { aggregatorErrors } from "./errors.ts";
import { oneAtATime } from "./one-at-a-time.ts";

const FETCH_TIMEOUT_MS = 5000;

/** What granting needs. */
export interface ModelKeysParameters {
  readonly chain: Chain;
  readonly contentStore: Pick<ContentStore, "get">;
  readonly envelope: Envelope;
  readonly keys: EncryptionKeyPair;
}

/** Seals a private model's key to one more reader. */
export type GrantModelKey = (
  projectId: bigint,
  cid: string,
  account: string,
) => Promise<{ readonly sealedKey: string }>;

/**
 * Grants private models' keys to those whom the chain names as readers now. Nobody has to prove who asks: the answer is sealed to
 * the encryption key that the reader has registered.
 *
 * The returned function throws CW5006 for a model that the project does not have, CW5007 for an account that may not read it.
 * One model of a project is read at a time, for all who ask for it meanwhile.
 */
export function createModelKeys(parameters: ModelKeysParameters): GrantModelKey {
  const { chain, contentStore, envelope, keys } = parameters;
  /** Models that are read now, and each project's turns: anybody may ask, and a model may have a hundred megabytes. */
  const reading = new Map<string, Promise<Uint8Array>>();
  const turns = new Map<bigint, ReturnType<typeof oneAtATime>>();
  const read = (projectId: bigint, cid: string, maxBytes: number): Promise<Uint8Array> => {
    const inTurn = turns.get(projectId) ?? oneAtATime();
    turns.set(projectId, inTurn);
    const get = () => contentStore.get(cid, { maxBytes, timeoutMs: FETCH_TIMEOUT_MS, retries: 0 });
    const started = reading.get(cid) ?? inTurn(get).finally(() => reading.delete(cid));
    reading.set(cid, started);
    return started;
  };
  return async (projectId, cid, account) => {
    const project = await readProject(chain, projectId);
    const model = (await readModels(chain, projectId)).find((each) => each.cid === cid);
    if (model === undefined || project.terms.modelVisibility !== "private") {
      throw new CommonweightError(aggregatorErrors.unknownRecord, `no private model ${cid}`);
    }
    const recipient = (await isModelReader(chain, project, account))
      ? await readEncryptionKey(chain, account)
      : undefined;
    if (recipient === undefined) throw new CommonweightError(aggregatorErrors.notAReader, account);
    const bytes = await read(projectId, cid, maxModelFileBytes(project.terms.parameterCount));
    const { chainId, addresses } = chain;
    const context = modelContext({
      chainId,
      market: addresses.market,
      commitment: model.commitment,
    });
    const sealedKey = await grantFileKey({ envelope, bytes, keys, context, recipient });
    return { sealedKey: toHex(sealedKey) };
  };
}
