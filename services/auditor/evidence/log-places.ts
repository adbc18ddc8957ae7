import type { ChainLog } from "./history-hash.ts";

/** A log with the place of its transaction. */
export type PlacedLog = ChainLog & { readonly transactionIndex: number };

/**
 * Whether logs stand where logs of one chain can: no two at one place, those of a transaction together, and transactions in their order.
 * A node that tells one twice, or of another transaction, mostly breaks that.
 *
 * @returns What is wrong, in words; undefined when nothing is.
 */
export function findMisplaced(logs: readonly PlacedLog[]): string | undefined {
  const ordered = [...logs].sort(
    (one, other) => one.blockNumber - other.blockNumber || one.index - other.index,
  );
  /** Where each transaction is, and which transaction is there. */
  const places = new Map<string, string>();
  const isAt = (name: string, place: string) => {
    const known = places.get(name) ?? place;
    places.set(name, known);
    return known === place;
  };
  for (const [at, log] of ordered.entries()) {
    const { blockNumber, index, transactionIndex, transactionHash } = log;
    const where = `log ${index} of block ${blockNumber}`;
    const next = ordered[at + 1];
    if (next?.blockNumber === blockNumber && next.index === index) return `${where} is told twice`;
    if (next?.blockNumber === blockNumber && next.transactionIndex < transactionIndex) {
      return `${where} comes before one of an earlier transaction`;
    }
    const place = `${blockNumber}/${transactionIndex}`;
    if (!isAt(transactionHash, place) || !isAt(place, transactionHash)) {
      return `${where} is of another transaction than one beside it`;
    }
  }
  return undefined;
}
