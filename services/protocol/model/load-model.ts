import {
  type ContentStore,
  contentStoreErrors,
  type GetOptions,
  isContentAway,
} from "../content-store.ts";
import type { Curve, G1Point } from "../curve.ts";
import { CommonweightError } from "../errors.ts";
import { commitModel } from "../gram/commitment.ts";
import { pause } from "../pause.ts";
import { MAX_SEALED_OVERHEAD_BYTES, sealedFileErrors } from "../sealing/sealed-file.ts";
import type { BlindedModel } from "./apply-round.ts";
import { type CommittedModel, verifyModel } from "./model-file.ts";
import { modelFileErrors } from "./model-file-errors.ts";
import { type ModelKeyring, openModelFile } from "./private-model.ts";
import { safetensorsErrors } from "./safetensors-errors.ts";

/** Which model is wanted, and what the chain says about it. */
export interface WantedModel {
  readonly cid: string;
  readonly commitment: G1Point;
  readonly fractionBits: number;
  readonly parameterCount: number;
  readonly chainId: bigint;
  readonly market: string;
  /** The project's: its private models are sealed for it. */
  readonly owner: string;
  readonly projectId: bigint;
  /** Its number in its project; absent for one that the chain does not have yet, of which nobody can have a copy. */
  readonly version?: number | undefined;
}

/**
 * Asks somebody under which other CID a project's model is kept there; undefined for none, and for no answer. An aggregator settles with
 * any CID that it likes: when nothing is behind it, or another file, the model is computed again by others, and kept under the CID that
 * it has then.
 */
export type AskForCopy = (version: number, signal?: AbortSignal) => Promise<string | undefined>;

/** How a model is fetched and opened. */
export interface LoadModelOptions extends Pick<GetOptions, "timeoutMs" | "retries"> {
  readonly signal?: AbortSignal | undefined;
  readonly keyring?: ModelKeyring | undefined;
  /** Whom to ask when the CID on chain is no good; nobody without. */
  readonly copyKeepers?: readonly AskForCopy[] | undefined;
  /** Called when a file has arrived, before its commitment is recomputed. */
  readonly onFetched?: (() => void) | undefined;
}

/** A model that opens its commitment, and the CID under which it was found. */
export interface LoadedModel extends BlindedModel {
  readonly cid: string;
  readonly committed: CommittedModel;
}

/** A model file holds four bytes an entry twice (integers and floats) and a header, and a private one what sealing adds. */
export const maxModelFileBytes = (parameterCount: number): number =>
  8 * parameterCount + 262_144 + MAX_SEALED_OVERHEAD_BYTES;

/** How long the CID on chain has to answer before copies are asked for, and from one question to the next. */
const ASK_AFTER_MS = 10_000;
/** CIDs that one keeper may name for one model: who lies has everybody fetch as many files. */
const MOST_COPIES = 3;

/**
 * Fetches a model, opens it if it is private, and verifies it against the chain's commitment: only then may anybody train on it.
 * Which file it comes from is no matter of trust: another one does not open the commitment.
 *
 * @throws CommonweightError as the content store, CW1820-CW1823 for a private model that the keyring does not open, and
 * CW1800-CW1804 or CW1150-CW1156 when the file is not the committed model: of the CID on chain, when there is no copy either.
 */
export async function loadModel(
  curve: Curve,
  store: Pick<ContentStore, "get">,
  wanted: WantedModel,
  options: LoadModelOptions = {},
): Promise<LoadedModel> {
  const { copyKeepers = [] } = options;
  const { version } = wanted;
  if (version === undefined || copyKeepers.length === 0) {
    return loadFile(curve, store, wanted, options);
  }
  return withOthersEnded(options.signal, async (signal) => {
    const named = loadFile(curve, store, wanted, { ...options, signal });
    const outcome = named.then(
      () => "loaded" as const,
      (error) => (isNoModel(error) ? ("none" as const) : ("failed" as const)),
    );
    const lookup = createLookup(curve, store, wanted, { ...options, signal });
    const searchAt = async (ask: AskForCopy): Promise<LoadedModel> => {
      for (;;) {
        const late = pause(ASK_AFTER_MS, signal).then(() => "late" as const);
        const found = await Promise.race([outcome, late]);
        signal.throwIfAborted();
        const copy = found === "late" || found === "none" ? await lookup(ask, version) : undefined;
        if (copy !== undefined) return copy;
        if (found !== "late") return named;
      }
    };
    try {
      return await Promise.any([named, ...copyKeepers.map(searchAt)]);
    } catch {
      // What is wrong with the file that the chain names says more than that nobody has another.
      return await named;
    }
  });
}

/**
 * Loads a model from a copy that somebody keeps under another CID than the one on chain: the first that is one. All are asked at once,
 * so that nobody holds up the others by a name with nothing behind it.
 *
 * @returns undefined when nobody has one.
 */
export async function loadModelCopy(
  curve: Curve,
  store: Pick<ContentStore, "get">,
  wanted: WantedModel,
  options: LoadModelOptions,
): Promise<LoadedModel | undefined> {
  const { copyKeepers = [], signal: stop } = options;
  const { version } = wanted;
  if (version === undefined) return undefined;
  return withOthersEnded(stop, async (signal) => {
    const lookup = createLookup(curve, store, wanted, { ...options, signal });
    const searches = copyKeepers.map(
      async (ask) => (await lookup(ask, version)) ?? Promise.reject(new Error("none")),
    );
    try {
      return await Promise.any(searches);
    } catch {
      stop?.throwIfAborted();
      return undefined;
    }
  });
}

/** Does some work, and ends what is left of it with the first result. */
async function withOthersEnded<T>(
  stop: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const others = new AbortController();
  try {
    return await work(AbortSignal.any([others.signal, ...(stop ? [stop] : [])]));
  } finally {
    others.abort();
  }
}

/** Asks one keeper and loads what it names, unless that was tried before: undefined for nothing, and for what is no copy. */
function createLookup(
  curve: Curve,
  store: Pick<ContentStore, "get">,
  wanted: WantedModel,
  options: LoadModelOptions & { readonly signal: AbortSignal },
): (ask: AskForCopy, version: number) => Promise<LoadedModel | undefined> {
  const tried = new Set([wanted.cid]);
  const named = new Map<AskForCopy, number>();
  return async (ask, version) => {
    const cid = await ask(version, options.signal);
    const count = named.get(ask) ?? 0;
    if (cid === undefined || tried.has(cid) || count >= MOST_COPIES) return undefined;
    tried.add(cid);
    named.set(ask, count + 1);
    try {
      return await loadFile(curve, store, { ...wanted, cid }, options);
    } catch (error) {
      if (isNoModel(error)) return undefined;
      throw error;
    }
  };
}

async function loadFile(
  curve: Curve,
  store: Pick<ContentStore, "get">,
  wanted: WantedModel,
  { keyring, copyKeepers: _, onFetched, ...fetching }: LoadModelOptions,
): Promise<LoadedModel> {
  const { cid, parameterCount } = wanted;
  const published = await store.get(cid, {
    ...fetching,
    maxBytes: maxModelFileBytes(parameterCount),
  });
  onFetched?.();
  const committed = await verifyModel({
    bytes: await openModelFile(published, wanted, keyring),
    expected: wanted,
    commit: (opened) => commitModel(curve, { ...opened, signal: fetching.signal }),
  });
  return { integers: committed.model, blinding: committed.blinding, cid, committed };
}

const { tooLarge, badCid, corrupt, malformed } = contentStoreErrors;
const NOT_THE_MODEL = new Set(
  [
    ...[tooLarge, badCid, corrupt, malformed],
    ...[modelFileErrors, sealedFileErrors, safetensorsErrors].flatMap((family) =>
      Object.values(family),
    ),
  ].map(({ code }) => code),
);

/** Whether a failure to load a model lies in what is behind its CID: nothing, another file, or one that this reader cannot open. */
export const isNoModel = (error: unknown): boolean =>
  isContentAway(error) || (error instanceof CommonweightError && NOT_THE_MODEL.has(error.code));
