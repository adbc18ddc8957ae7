import { FieldReader, FieldWriter } from "../byte-fields.ts";
import { CommonweightError } from "../errors.ts";
import { SEAL_OVERHEAD_BYTES } from "../sealing/envelope.ts";
import { bundleErrors } from "./bundle-errors.ts";

/** What a bundle is bound to: it opens nowhere else. */
export interface BundleContext {
  readonly chainId: bigint;
  /** Address of the `TrainingMarket` contract. */
  readonly market: string;
  readonly projectId: bigint;
  readonly roundIndex: number;
  /** Who committed: a trainer, or the referee for r and g. */
  readonly trainer: string;
  /** What was submitted of the commitment; see `submissions.ts`. The commitment itself is in the payload. */
  readonly commitmentHash: string;
}

/** An aggregator that can open the bundle, and its share of the key, sealed to it. */
export interface BundleRecipient {
  readonly publicKey: Uint8Array;
  readonly sealedShare: Uint8Array;
}

/** Everything in a bundle before the sealed payload. Byte layout: `docs/formats.md`. */
export interface BundleHeader extends BundleContext {
  readonly coder: BundleCoder;
  readonly fractionBits: number;
  readonly parameterCount: number;
  readonly payloadBytes: number;
  /** SHA-256 of the content key, so that a wrong key and a wrong payload can be told apart. */
  readonly contentKeyHash: Uint8Array;
  /** SHA-256 of the key the payload is encrypted under: all recipients' shares must lead to this one key. */
  readonly bundleKeyHash: Uint8Array;
  readonly recipients: readonly BundleRecipient[];
}

/** How the payload's integers are written: two bytes each, or range-coded. */
export type BundleCoder = "plain" | "range";

const BUNDLE_VERSION = 2;
/** Aggregators that a bundle can be sealed to. */
export const MAX_RECIPIENTS = 8;
/** Bytes of a share: a key of 32 bytes, sealed. */
export const SHARE_BYTES = 32 + SEAL_OVERHEAD_BYTES;

const MAGIC = "CWBUNDLE";
const CODERS: readonly BundleCoder[] = ["plain", "range"];
/** Header bytes before the recipients. */
export const FIXED_HEADER_BYTES = 24 + contextBytes() + 64;

function contextBytes(): number {
  return 32 + 20 + 32 + 4 + 20 + 32;
}

/** A sealed update of `d` int16 entries is never larger than this, in bytes: header, recipients and tag included. */
export const maxBundleBytes = (parameterCount: number): number => 2 * parameterCount + 16_384;

/** The 140 bytes that bind a message to its round: chain, market, project, round, trainer, hash of the commitment. */
export function encodeContext(context: BundleContext): Uint8Array {
  return new FieldWriter()
    .uint(context.chainId, 32)
    .hex(context.market, 20)
    .uint(context.projectId, 32)
    .uint(context.roundIndex, 4)
    .hex(context.trainer, 20)
    .hex(context.commitmentHash, 32)
    .finish();
}

/** The header's bytes; they are the associated data of the payload. */
export function encodeHeader(header: BundleHeader): Uint8Array {
  const writer = new FieldWriter()
    .bytes(new TextEncoder().encode(MAGIC), 8)
    .uint(BUNDLE_VERSION, 1)
    .uint(CODERS.indexOf(header.coder), 1)
    .uint(header.fractionBits, 1)
    .uint(header.recipients.length, 1)
    .uint(header.parameterCount, 4)
    .uint(header.payloadBytes, 4)
    .uint(0, 4)
    .bytes(encodeContext(header), contextBytes())
    .bytes(header.contentKeyHash, 32)
    .bytes(header.bundleKeyHash, 32);
  for (const { publicKey, sealedShare } of header.recipients) {
    writer.bytes(publicKey, 32).bytes(sealedShare, SHARE_BYTES);
  }
  return writer.finish();
}

/**
 * Reads a bundle's header and checks that the bundle has exactly the length it states.
 *
 * @returns the header, its bytes, and the sealed payload.
 * @throws CommonweightError CW1700, CW1701 or CW1702.
 */
export function readBundle(bundle: Uint8Array): {
  header: BundleHeader;
  headerBytes: Uint8Array;
  payload: Uint8Array;
} {
  const reader = new FieldReader(bundle);
  try {
    if (new TextDecoder().decode(reader.bytes(8)) !== MAGIC)
      throw refuse("notABundle", "no bundle's first bytes");
    const version = reader.uint(1);
    if (version !== BUNDLE_VERSION)
      throw refuse(
        "unsupportedVersion",
        `version ${version}; this program reads ${BUNDLE_VERSION}`,
      );
    const coder = CODERS[reader.uint(1)];
    const fractionBits = reader.uint(1);
    const recipientCount = reader.uint(1);
    const parameterCount = reader.uint(4);
    const payloadBytes = reader.uint(4);
    const reserved = reader.uint(4);
    if (
      coder === undefined ||
      reserved !== 0 ||
      recipientCount < 1 ||
      recipientCount > MAX_RECIPIENTS
    ) {
      throw refuse("notABundle", "unknown coder, reserved bits set, or not 1 to 8 recipients");
    }
    const context = readContext(reader);
    const contentKeyHash = reader.bytes(32);
    const bundleKeyHash = reader.bytes(32);
    const recipients = Array.from({ length: recipientCount }, () => ({
      publicKey: reader.bytes(32),
      sealedShare: reader.bytes(SHARE_BYTES),
    }));
    const headerBytes = bundle.slice(0, reader.offset);
    const payload = bundle.slice(reader.offset);
    if (payload.length !== payloadBytes)
      throw refuse("badLength", `${payload.length} payload bytes instead of ${payloadBytes}`);
    const header = {
      ...context,
      coder,
      fractionBits,
      parameterCount,
      payloadBytes,
      contentKeyHash,
      bundleKeyHash,
      recipients,
    };
    return { header, headerBytes, payload };
  } catch (error) {
    if (error instanceof RangeError) throw refuse("badLength", error.message);
    throw error;
  }
}

/** An error about a bundle, with its reason as a slug that auditors compare. */
export function refuse(
  reason: keyof typeof bundleErrors,
  message: string,
  cause?: unknown,
): CommonweightError {
  return new CommonweightError(bundleErrors[reason], `${bundleErrors[reason].title}: ${message}`, {
    cause,
    details: { reason },
  });
}

function readContext(reader: FieldReader): BundleContext {
  return {
    chainId: reader.big(32),
    market: reader.hex(20),
    projectId: reader.big(32),
    roundIndex: reader.uint(4),
    trainer: reader.hex(20),
    commitmentHash: reader.hex(32),
  };
}
