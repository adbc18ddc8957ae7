import type { Chain } from "../../adapters/chain/connect.ts";
import { signReference } from "../../adapters/chain/sign.ts";
import { putRoundJob } from "../../adapters/dag-json/round-job-store.ts";
import { noteContent } from "../../housekeeping/hold-content.ts";
import { secureBytes } from "../../learning/random.ts";
import type { References } from "../../learning/training/references.ts";
import { sealBundle } from "../../protocol/bundle/seal-bundle.ts";
import { type G1Point, INFINITY } from "../../protocol/curve.ts";
import { toDecimalPoint } from "../../protocol/decimal-point.ts";
import { commitUpdate } from "../../protocol/gram/commitment.ts";
import type { ReferencesBody } from "../../protocol/market/api.ts";
import type { RoundJob } from "../../protocol/round/round-job.ts";
import { randomScalar } from "../../protocol/scalar.ts";
import type { OpenedReferee } from "./open-referee.ts";
import type { StoredReference } from "./reference-store.ts";

/** Commits to a round's reference and pay gradient, seals them, and signs what the round is to be opened with. */
export async function sealReferences(
  opened: Pick<
    OpenedReferee,
    | "chain"
    | "account"
    | "terms"
    | "ipfs"
    | "holder"
    | "store"
    | "curve"
    | "envelope"
    | "encryptionKeys"
  >,
  round: {
    readonly projectId: bigint;
    readonly roundIndex: number;
    /** Commitment of the model that they were trained on. */
    readonly modelCommitment: G1Point;
    readonly vectors: References;
    readonly job: RoundJob | undefined;
    readonly signal: AbortSignal;
  },
): Promise<StoredReference> {
  const { chain, ipfs } = opened;
  const { projectId, roundIndex, modelCommitment, vectors, job } = round;
  const [reference, payGradient] = await Promise.all([
    seal(opened, round, vectors.r),
    vectors.g === null ? undefined : seal(opened, round, vectors.g),
  ]);
  const jobCid = job && (await putRoundJob(contentOf(opened, round), job));
  const signature = await signReference(chain, {
    ...{ projectId, roundIndex, modelCommitment },
    reference: reference.commitment,
    payGradient: payGradient?.commitment ?? INFINITY,
    referenceCid: reference.cid,
    payGradientCid: payGradient?.cid ?? "",
    jobCid: jobCid ?? "",
  });
  const body: ReferencesBody = {
    modelCommitment: toDecimalPoint(modelCommitment),
    reference: toDecimalPoint(reference.commitment),
    referenceBundleCid: reference.cid,
    ...(payGradient && {
      payGradient: toDecimalPoint(payGradient.commitment),
      payGradientBundleCid: payGradient.cid,
    }),
    ...(jobCid === undefined ? {} : { jobCid }),
    multiaddrs: ipfs.addresses(),
    signature,
  };
  return { body, referenceKey: reference.contentKey, payGradientKey: payGradient?.contentKey };
}

async function seal(
  opened: Parameters<typeof sealReferences>[0],
  { projectId, roundIndex, signal }: { projectId: bigint; roundIndex: number; signal: AbortSignal },
  update: Int16Array,
): Promise<{ commitment: G1Point; cid: string; contentKey: Uint8Array }> {
  const { chain, account, terms, curve, envelope, encryptionKeys } = opened;
  const blinding = randomScalar(secureBytes);
  const commitment = await commitUpdate(curve, { update, blinding, signal });
  const sealed = await sealBundle({
    envelope,
    update,
    blinding,
    associated: {
      ...contextOf(chain, projectId, roundIndex),
      trainer: account,
    },
    commitment,
    fractionBits: terms.fractionBits,
    aggregatorPublicKeys: encryptionKeys,
  });
  const cid = await contentOf(opened, { projectId, roundIndex }).put(sealed.bytes);
  return { commitment, cid, contentKey: sealed.contentKey };
}

/** Where what is made for a round is kept. */
const contentOf = (
  { ipfs, holder, store }: Parameters<typeof sealReferences>[0],
  { projectId, roundIndex }: { readonly projectId: bigint; readonly roundIndex: number },
) => noteContent(ipfs, holder, (cid) => store.saveContent(projectId, roundIndex, cid));

const contextOf = ({ chainId, addresses }: Chain, projectId: bigint, roundIndex: number) => ({
  ...{ chainId, market: addresses.market },
  ...{ projectId, roundIndex },
});
