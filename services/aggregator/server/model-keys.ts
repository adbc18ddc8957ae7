import type { Chain } from "../../adapters/chain/connect.ts";
import { isModelReader, readEncryptionKey } from "../../adapters/chain/projects/model-readers.ts";
import { type Project, readProject } from "../../adapters/chain/projects/project.ts";
import { ModelLog } from "../../adapters/chain/rounds/model-log.ts";
import type { PublishedModel } from "../../adapters/chain/rounds/published-models.ts";
import { includesAddress } from "../../protocol/address.ts";
import type { ContentStore } from "../../protocol/content-store.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { toHex } from "../../protocol/hex.ts";
import { maxModelFileBytes } from "../../protocol/model/load-model.ts";
import { modelContext } from "../../protocol/model/private-model.ts";
import type { EncryptionKeyPair, Envelope } from "../../protocol/sealing/envelope.ts";
import { grantFileKey } from "../../protocol/sealing/sealed-file.ts";
import { aggregatorErrors } from "../errors.ts";
import { oneAtATime } from "../one-at-a-time.ts";
import { refusalToServe, type ServingRules } from "../projects/served-projects.ts";
import type { RoundStore } from "../store/round-store.ts";

const FETCH_TIMEOUT_MS = 5000;

/** What anybody may ask for and takes long: each thing of a project is done for one at a time. */
interface KnownProject {
  /** Searches the chain's whole log: once a model, not once a question. */
  readonly log: ModelLog;
  readonly search: ReturnType<typeof oneAtATime>;
  /** A model may have a hundred megabytes. */
  readonly read: ReturnType<typeof oneAtATime>;
}

/** What granting needs. */
export interface ModelKeysParameters {
  readonly chain: Chain;
  readonly contentStore: Pick<ContentStore, "get">;
  readonly store: Pick<RoundStore, "listModelCopies">;
  readonly envelope: Envelope;
  readonly keys: EncryptionKeyPair;
  /** For whom the account works: of others no model is read. */
  readonly serving?: ServingRules | undefined;
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
 * The returned function throws CW5006 for a model that no private project of this account's has, CW5014 for one of a project that it
 * does not serve, CW5007 for an account that may not read it.
 * One model of a project is read at a time, for all who ask for it meanwhile.
 */
export function createModelKeys(parameters: ModelKeysParameters): GrantModelKey {
  const { chain, contentStore, store, envelope, keys, serving = {} } = parameters;
  /** Models that are read now. */
  const reading = new Map<string, Promise<Uint8Array>>();
  const known = new Map<bigint, KnownProject>();
  const knownOf = (projectId: bigint): KnownProject => {
    const found = known.get(projectId) ?? {
      log: new ModelLog(chain, projectId),
      search: oneAtATime(),
      read: oneAtATime(),
    };
    known.set(projectId, found);
    return found;
  };
  const read = (projectId: bigint, cid: string, maxBytes: number): Promise<Uint8Array> => {
    // Of another project it may be too large, or have to wait for what nobody has.
    const name = `${projectId}/${cid}`;
    const get = () => contentStore.get(cid, { maxBytes, timeoutMs: FETCH_TIMEOUT_MS, retries: 0 });
    const started =
      reading.get(name) ??
      knownOf(projectId)
        .read(get)
        .finally(() => reading.delete(name));
    reading.set(name, started);
    return started;
  };
  const modelOf = async (project: Project, cid: string): Promise<PublishedModel> => {
    const { projectId, terms } = project;
    const unknown = new CommonweightError(
      aggregatorErrors.unknownRecord,
      `no private model ${cid}`,
    );
    const isOurs = includesAddress(terms.aggregators, chain.account as string);
    if (!isOurs || terms.modelVisibility !== "private") throw unknown;
    const refusal = refusalToServe(project, serving);
    if (refusal !== undefined) throw new CommonweightError(aggregatorErrors.notServed, refusal);
    const { log, search } = knownOf(projectId);
    const models = await search(() => log.read(project));
    const copy = store.listModelCopies(projectId).find((each) => each.cid === cid);
    const found = models.find((each) =>
      copy === undefined ? each.cid === cid : each.version === copy.version,
    );
    if (found === undefined) throw unknown;
    return found;
  };
  return async (projectId, cid, account) => {
    const project = await readProject(chain, projectId);
    const model = await modelOf(project, cid);
    const recipient = (await isModelReader(chain, project, account))
      ? await readEncryptionKey(chain, account)
      : undefined;
    if (recipient === undefined) throw new CommonweightError(aggregatorErrors.notAReader, account);
    const bytes = await read(projectId, cid, maxModelFileBytes(project.terms.parameterCount));
    const { chainId, addresses } = chain;
    const context = modelContext({
      chainId,
      market: addresses.market,
      owner: project.owner,
      commitment: model.commitment,
    });
    const sealedKey = await grantFileKey({ envelope, bytes, keys, context, recipient });
    return { sealedKey: toHex(sealedKey) };
  };
}
