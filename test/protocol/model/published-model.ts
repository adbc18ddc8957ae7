import type { ContentStore } from "../../../services/protocol/content-store.ts";
import type { Curve, G1Point } from "../../../services/protocol/curve.ts";
import { commitModel } from "../../../services/protocol/gram/commitment.ts";
import type { BlindedModel } from "../../../services/protocol/model/apply-round.ts";
import { encodeModelFile } from "../../../services/protocol/model/model-file.ts";

/** CID of bytes that nobody keeps. */
export const ABSENT_CID = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";

/** What the models made here have in common, and the chain says of them. */
export const modelProject = {
  chainId: 31337n,
  market: `0x${"aa".repeat(20)}`,
  projectId: 7n,
  fractionBits: 14,
} as const;

/** Proofs hide products behind 32 coefficients: hardly a model is smaller. */
export const MODEL_PARAMETERS = 33;

/** A model that has the numbers from `first` on. */
export const modelFrom = (first: number): BlindedModel => ({
  integers: Int32Array.from({ length: MODEL_PARAMETERS }, (_, index) => first + index),
  blinding: 5n,
});

/** Puts the file of {@link modelFrom} into a store. */
export async function publishModel(
  curve: Curve,
  store: Pick<ContentStore, "put">,
  first: number,
): Promise<{ readonly cid: string; readonly commitment: G1Point }> {
  const { integers: model, blinding } = modelFrom(first);
  const commitment = await commitModel(curve, { model, blinding });
  const lineage = { ...modelProject, roundIndex: 2, previousCid: ABSENT_CID };
  const file = encodeModelFile({ model, blinding, commitment, lineage, ...modelProject });
  return { cid: await store.put(file), commitment };
}
