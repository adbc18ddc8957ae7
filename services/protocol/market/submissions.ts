import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import type { G1Point } from "../curve.ts";

/** What a trainer puts on chain before anybody may know its commitment. */
export interface SubmittedHash {
  readonly trainer: string;
  /** See {@link commitmentHash}. */
  readonly commitmentHash: string;
}

/** What the rolling hash of a round covers. */
export interface RoundSubmissions {
  readonly chainId: bigint;
  readonly market: string;
  readonly projectId: bigint;
  readonly roundIndex: number;
  readonly reference: G1Point;
  readonly payGradient: G1Point;
  readonly submissions: readonly SubmittedHash[];
}

const word = (value: bigint) => value.toString(16).padStart(64, "0");
const bare = (hex: string) => hex.slice(2).toLowerCase();
const keccak = (hex: string) => bytesToHex(keccak_256(hexToBytes(hex)));
const short = (hex: string) => keccak(hex).slice(0, 40);

/**
 * What a trainer submits of its commitment: `keccak256(trainer ‖ x ‖ y)`, `0x` and 64 digits. Whoever knew the commitment itself
 * before the commit phase is over could submit it as its own, and with an aggregator be paid for it. The commitment's blinding keeps
 * it from being guessed. Twin: `ITrainingMarket.submitUpdate`.
 */
export const commitmentHash = (trainer: string, { x, y }: G1Point): string =>
  `0x${keccak(bare(trainer) + word(x) + word(y))}`;

/** How a settlement names a commitment that nobody has opened: no point of the curve has the second coordinate 0. */
export const unopened = (hash: string): G1Point => ({ x: BigInt(hash), y: 0n });

/** Whether what a settlement names is what its trainer submitted. Twin: `RoundSubmissions.requireSame`. */
export function isSubmitted(submission: SubmittedHash, named: G1Point): boolean {
  const hash = named.y === 0n ? `0x${word(named.x)}` : commitmentHash(submission.trainer, named);
  return hash === submission.commitmentHash.toLowerCase();
}

/** The rolling hash over reference and submissions, 20 bytes of hex. Twin: `RoundSubmissions.sol`. */
export function submissionsHash(round: RoundSubmissions): string {
  const { reference, payGradient } = round;
  const head = [
    BigInt(round.market),
    round.chainId,
    round.projectId,
    BigInt(round.roundIndex),
    reference.x,
    reference.y,
    payGradient.x,
    payGradient.y,
  ];
  const start = short(head.map(word).join(""));
  const last = round.submissions.reduce(
    (hash, each) => short(hash + bare(each.trainer) + bare(each.commitmentHash)),
    start,
  );
  return `0x${last}`;
}
