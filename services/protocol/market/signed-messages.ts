import type { EvaluationBody, ReleaseKind } from "./api.ts";

/** A field of an EIP-712 struct. */
export interface TypedField {
  readonly name: string;
  readonly type: string;
}

/** Everything a wallet needs to sign a message as EIP-712 typed data. */
export interface TypedMessage {
  readonly domain: {
    readonly name: string;
    readonly version: string;
    readonly chainId: bigint;
    readonly verifyingContract: string;
  };
  readonly types: Readonly<Record<string, readonly TypedField[]>>;
  readonly message: Readonly<Record<string, unknown>>;
}

/** Which market and round a message is about: a message for one can't be replayed in another. */
export interface MessageContext {
  readonly chainId: bigint;
  readonly market: string;
  readonly projectId: bigint;
  readonly roundIndex: number;
}

// Not the contract's own domain: a message between services must never be valid as a transaction.
const domain = ({ chainId, market }: Omit<MessageContext, "roundIndex">) => ({
  name: "Commonweight services",
  version: "1",
  chainId,
  verifyingContract: market,
});

/** The message with which a trainer or referee hands a content key to one aggregator. */
export function keyReleaseMessage(
  context: MessageContext,
  release: { aggregator: string; kind: ReleaseKind; contentKey: string },
): TypedMessage {
  return {
    domain: domain(context),
    types: {
      KeyRelease: [
        { name: "projectId", type: "uint256" },
        { name: "roundIndex", type: "uint256" },
        { name: "aggregator", type: "address" },
        { name: "kind", type: "string" },
        { name: "contentKey", type: "bytes" },
      ],
    },
    message: { projectId: context.projectId, roundIndex: BigInt(context.roundIndex), ...release },
  };
}

/** The message with which an aggregator confirms that it holds a content key. */
export function keyReceiptMessage(
  context: MessageContext,
  receipt: { sender: string; kind: ReleaseKind; contentKey: string; receivedAt: number },
): TypedMessage {
  return {
    domain: domain(context),
    types: {
      KeyReceipt: [
        { name: "projectId", type: "uint256" },
        { name: "roundIndex", type: "uint256" },
        { name: "sender", type: "address" },
        { name: "kind", type: "string" },
        { name: "contentKey", type: "bytes" },
        { name: "receivedAt", type: "uint256" },
      ],
    },
    message: { projectId: context.projectId, roundIndex: BigInt(context.roundIndex), ...receipt },
  };
}

/** The message with which a referee says what it measured of a model. */
export function evaluationMessage(
  context: Omit<MessageContext, "roundIndex">,
  evaluation: Omit<EvaluationBody, "signature">,
): TypedMessage {
  const { version, modelCid, accuracyMillionths, lossMillionths, samples } = evaluation;
  return {
    domain: domain(context),
    types: {
      Evaluation: [
        { name: "projectId", type: "uint256" },
        { name: "version", type: "uint256" },
        { name: "modelCid", type: "string" },
        { name: "accuracyMillionths", type: "uint256" },
        { name: "lossMillionths", type: "uint256" },
        { name: "samples", type: "uint256" },
      ],
    },
    message: {
      ...{ projectId: context.projectId, version, modelCid },
      ...{ accuracyMillionths, lossMillionths, samples },
    },
  };
}
