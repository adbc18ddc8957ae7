import type { ContentStore } from "../content-store.ts";
import type { Curve, G1Point } from "../curve.ts";
import { commitModel } from "../gram/commitment.ts";
import { MAX_SEALED_OVERHEAD_BYTES } from "../sealing/sealed-file.ts";
import type { BlindedModel } from "./apply-round.ts";
import { verifyModel } from "./model-file.ts";
import { type ModelKeyring, openModelFile } from "./private-model.ts";

/** Which model is wanted, and what the chain says about it. */
export interface WantedModel {
  readonly cid: string;
  readonly commitment: G1Point;
  readonly fractionBits: number;
  readonly parameterCount: number;
  readonly chainId: bigint;
  readonly market: string;
  readonly projectId: bigint;
}

/** A model file holds four bytes an entry twice (integers and floats) and a header, and a private one what sealing adds. */
export const maxModelFileBytes = (parameterCount: number): number =>
  8 * parameterCount + 262_144 + MAX_SEALED_OVERHEAD_BYTES;

/**
 * Fetches a model, opens it if it is private, and verifies it against the chain's commitment: only then may anybody train on it.
 *
 * @throws CommonweightError as the content store, CW1820-CW1823 for a private model that the keyring does not open, and
 * CW1800-CW1804 when the file is not the committed model.
 */
export async function loadModel(
  curve: Curve,
  store: Pick<ContentStore, "get">,
  wanted: WantedModel,
  options: {
    signal?: AbortSignal | undefined;
    providers?: readonly string[];
    keyring?: ModelKeyring | undefined;
  } = {},
): Promise<BlindedModel> {
  const published = await store.get(wanted.cid, {
    maxBytes: maxModelFileBytes(wanted.parameterCount),
    ...(options.signal ? { signal: options.signal } : {}),
    ...(options.providers ? { providers: options.providers } : {}),
  });
  const { model, blinding } = await verifyModel({
    bytes: await openModelFile(published, wanted, options.keyring),
    expected: wanted,
    commit: (opened) => commitModel(curve, { ...opened, signal: options.signal }),
  });
  return { integers: model, blinding };
}
