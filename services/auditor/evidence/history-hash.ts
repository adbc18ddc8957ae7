import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** A log with everything that the protocol fixes about it. */
export interface ChainLog {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
  readonly blockNumber: number;
  readonly blockHash: string;
  readonly transactionHash: string;
  /** Place in its block. */
  readonly index: number;
}

/**
 * One hash of all logs, in the chain's order: two auditors who were told the same have the same, and whoever was told anything else, in
 * whatever field, has another one.
 *
 * @returns 32 bytes of hex: keccak256 of the logs as JSON.
 */
export function historyHash(logs: readonly ChainLog[]): string {
  const ordered = [...logs].sort(
    (one, other) => one.blockNumber - other.blockNumber || one.index - other.index,
  );
  const fields = ordered.map((log) => [
    log.address.toLowerCase(),
    log.topics,
    log.data,
    log.blockNumber,
    log.blockHash,
    log.transactionHash,
    log.index,
  ]);
  return `0x${bytesToHex(keccak_256(utf8ToBytes(JSON.stringify(fields))))}`;
}
