import { Signature, verifyTypedData } from "ethers";
import type { G1Point } from "../../protocol/curve.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { packPoint } from "../../protocol/gram/packed-point.ts";
import type { TypedMessage } from "../../protocol/market/signed-messages.ts";
import { cidToBytes } from "./cid-bytes.ts";
import type { Chain } from "./connect.ts";
import { chainErrors } from "./errors.ts";

const contractDomain = (chain: Chain) => ({
  name: "Commonweight",
  version: "1",
  chainId: chain.chainId,
  verifyingContract: chain.addresses.market,
});

/** What a trainer signs, and the contract checks. */
export const updateTypes = {
  Update: [
    { name: "projectId", type: "uint256" },
    { name: "roundIndex", type: "uint256" },
    { name: "commitmentHash", type: "bytes32" },
    { name: "bundleCid", type: "bytes" },
  ],
};

/** What a referee signs, and the contract checks. */
export const referenceTypes = {
  RoundReference: [
    { name: "projectId", type: "uint256" },
    { name: "roundIndex", type: "uint256" },
    { name: "modelCommitment", type: "uint256" },
    { name: "referenceX", type: "uint256" },
    { name: "referenceY", type: "uint256" },
    { name: "payGradientX", type: "uint256" },
    { name: "payGradientY", type: "uint256" },
    { name: "referenceCid", type: "bytes" },
    { name: "payGradientCid", type: "bytes" },
    { name: "jobCid", type: "bytes" },
  ],
};

/** An update's submission, before its trainer signs it. */
export interface UnsignedUpdate {
  readonly projectId: bigint;
  readonly roundIndex: number;
  /** See `submissions.ts`. */
  readonly commitmentHash: string;
  readonly bundleCid: string;
}

/** What a round is opened with. */
export interface RoundReference {
  readonly projectId: bigint;
  readonly roundIndex: number;
  readonly reference: G1Point;
  /** `(0, 0)` in a project without a pay gradient. */
  readonly payGradient: G1Point;
  readonly referenceCid: string;
  readonly payGradientCid: string;
  readonly jobCid: string;
}

/** The reference of a round, before the referee signs it. */
export interface UnsignedReference extends RoundReference {
  /** The model that it was made on: on no other the contract opens the round with it. */
  readonly modelCommitment: G1Point;
}

const updateValue = (update: UnsignedUpdate) => ({
  projectId: update.projectId,
  roundIndex: update.roundIndex,
  commitmentHash: update.commitmentHash,
  bundleCid: cidToBytes(update.bundleCid),
});

const referenceValue = (reference: UnsignedReference) => ({
  projectId: reference.projectId,
  roundIndex: reference.roundIndex,
  modelCommitment: packPoint(reference.modelCommitment),
  referenceX: reference.reference.x,
  referenceY: reference.reference.y,
  payGradientX: reference.payGradient.x,
  payGradientY: reference.payGradient.y,
  referenceCid: cidToBytes(reference.referenceCid),
  payGradientCid: cidToBytes(reference.payGradientCid),
  jobCid: cidToBytes(reference.jobCid),
});

function signerOf(chain: Chain) {
  if (chain.signer === undefined) {
    throw new CommonweightError(chainErrors.noSigner, "signing a message needs a key");
  }
  return chain.signer;
}

/** A trainer's signature of its submission, which anyone may then relay. 65 bytes of hex. */
export const signUpdate = (chain: Chain, update: UnsignedUpdate): Promise<string> =>
  signerOf(chain).signTypedData(contractDomain(chain), updateTypes, updateValue(update));

/** Who signed a submission; undefined when the signature is malformed. */
export function recoverUpdateSigner(
  chain: Chain,
  update: UnsignedUpdate,
  signature: string,
): string | undefined {
  try {
    return verifyTypedData(contractDomain(chain), updateTypes, updateValue(update), signature);
  } catch {
    return undefined;
  }
}

/** The referee's signature of a round's reference. */
export const signReference = (chain: Chain, reference: UnsignedReference): Promise<string> =>
  signerOf(chain).signTypedData(contractDomain(chain), referenceTypes, referenceValue(reference));

/** Who signed a reference; undefined when the signature is malformed. */
export function recoverReferenceSigner(
  chain: Chain,
  reference: UnsignedReference,
  signature: string,
): string | undefined {
  try {
    return verifyTypedData(
      contractDomain(chain),
      referenceTypes,
      referenceValue(reference),
      signature,
    );
  } catch {
    return undefined;
  }
}

type MutableTypes = Record<string, { name: string; type: string }[]>;

/** Signs a message between services. */
export const signMessage = (chain: Chain, typed: TypedMessage): Promise<string> =>
  signerOf(chain).signTypedData(typed.domain, typed.types as MutableTypes, typed.message);

/** Who signed a message between services; undefined when the signature is malformed. */
export function recoverMessageSigner(typed: TypedMessage, signature: string): string | undefined {
  try {
    return verifyTypedData(typed.domain, typed.types as MutableTypes, typed.message, signature);
  } catch {
    return undefined;
  }
}

/** Splits a signature the way the contract takes it (EIP-2098). */
export function compactSignature(signature: string): { r: string; vs: string } {
  const { r, yParityAndS } = Signature.from(signature);
  return { r, vs: yParityAndS };
}
