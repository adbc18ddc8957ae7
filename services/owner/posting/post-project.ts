import type { Chain, OnSent } from "../../adapters/chain/connect.ts";
import { postProject, requiredEscrow } from "../../adapters/chain/projects/post-project.ts";
import type { ProjectTerms } from "../../adapters/chain/projects/project-terms.ts";
import { allowDeposit } from "../../adapters/chain/tokens/allow-deposit.ts";
import type { Receipt } from "../../adapters/chain/transactions/transaction-receipt.ts";
import { putManifest } from "../../adapters/dag-json/manifest-store.ts";
import { countParameters, modelTensors } from "../../learning/model-spec.ts";
import { initialiseParameters } from "../../learning/training/initialise.ts";
import type { ContentStore } from "../../protocol/content-store.ts";
import type { Curve, G1Point } from "../../protocol/curve.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { commitModel } from "../../protocol/gram/commitment.ts";
import type { Manifest } from "../../protocol/manifest/manifest.ts";
import { termProblems, termProblemText } from "../../protocol/market/project-rules.ts";
import { quantiseModel } from "../../protocol/model/fixed-point.ts";
import { encodeModelFile } from "../../protocol/model/model-file.ts";
import { sealModel } from "../../protocol/model/private-model.ts";
import { randomScalar } from "../../protocol/scalar.ts";
import type { Envelope } from "../../protocol/sealing/envelope.ts";
import { ownerErrors } from "../errors.ts";
import { requireProvable } from "./provable-size.ts";

/** A project that is ready to be posted: its files are in the content store. */
export interface PreparedProject {
  readonly terms: ProjectTerms;
  readonly manifestCid: string;
  readonly modelCid: string;
  readonly modelCommitment: G1Point;
  /** What posting moves into the vault, in the reward token's smallest unit. */
  readonly escrowWei: bigint;
}

/**
 * Makes the initial model, commits to it, and publishes it with the manifest. Nothing is sent to the chain.
 *
 * @throws CW4023 with every term that the market would refuse, CW4000 for start values of another number.
 */
export async function prepareProject(options: {
  chain: Chain;
  curve: Curve;
  contentStore: ContentStore;
  manifest: Manifest;
  terms: Omit<ProjectTerms, "parameterCount" | "fractionBits">;
  /** Who reads the first model of a private project: X25519 public keys. Required when the terms say private. */
  sealTo?: { readonly envelope: Envelope; readonly readers: readonly Uint8Array[] } | undefined;
  /** Start values for a model of named tensors, or to go on from an earlier model. */
  initialParameters?: Float32Array;
  signal?: AbortSignal;
}): Promise<PreparedProject> {
  const { chain, curve, contentStore, manifest, signal } = options;
  const { fractionBits } = manifest.fixedPoint;
  const parameterCount = countParameters(manifest.model);
  requireProvable(parameterCount);
  const terms: ProjectTerms = { ...options.terms, parameterCount, fractionBits };
  const problems = termProblems(terms).map(termProblemText);
  if (problems.length > 0) {
    throw new CommonweightError(ownerErrors.termsRefused, problems.join("\n"), {
      details: { problems },
    });
  }
  const parameters = options.initialParameters ?? initialiseParameters(manifest.model);
  if (parameters.length !== parameterCount) {
    throw new CommonweightError(
      ownerErrors.termsMismatch,
      `${parameters.length} start values for ${parameterCount} parameters`,
    );
  }
  const model = quantiseModel(parameters, fractionBits);
  const { sealTo } = options;
  const isPrivate = options.terms.modelVisibility === "private";
  if (isPrivate && sealTo === undefined) {
    throw new CommonweightError(ownerErrors.termsMismatch, "a private project without readers");
  }
  // A public initial model hides nothing: a known blinding lets anybody recompute its commitment from the seed. Not
  // zero, because a model of zeros must have a commitment that is a point.
  const blinding =
    isPrivate && sealTo ? randomScalar((length) => sealTo.envelope.randomBytes(length)) : 1n;
  const commitment = await commitModel(curve, { model, blinding, signal });
  const file = encodeModelFile(
    {
      model,
      blinding,
      commitment,
      fractionBits,
      lineage: {
        chainId: chain.chainId,
        market: chain.addresses.market,
        projectId: 0n,
        roundIndex: null,
        previousCid: null,
      },
    },
    modelTensors(manifest.model),
  );
  // Whoever signs the posting is its owner.
  const owner = chain.account as string;
  const sealedFor = { chainId: chain.chainId, market: chain.addresses.market, owner, commitment };
  const modelCid = await contentStore.put(
    isPrivate && sealTo ? await sealModel(sealedFor, { ...sealTo, bytes: file }) : file,
  );
  const manifestCid = await putManifest(contentStore, manifest);
  const escrowWei = await requiredEscrow(chain, terms);
  return { terms, manifestCid, modelCid, modelCommitment: commitment, escrowWei };
}

/** Allows the escrow and posts a prepared project. */
export async function postPreparedProject(
  chain: Chain,
  prepared: PreparedProject,
  options: { onSent?: OnSent } = {},
): Promise<{ projectId: bigint; receipt: Receipt }> {
  const first = await allowDeposit(chain, prepared.terms.rewardToken, prepared.escrowWei);
  return postProject(chain, { ...prepared, ...options }, first);
}
