import type { AuditCheck } from "../audit-check.ts";
import type { ProjectHistory } from "../evidence/project-history.ts";

/**
 * Whether everything was read from one chain that was still there in the end.
 *
 * @param hashAfterwards Of the last event's block, asked again when all else was done.
 */
export function checkHistory(
  { events, foreignBlocks, hash, lastBlock }: ProjectHistory,
  hashAfterwards: string,
): AuditCheck {
  const [foreign] = foreignBlocks;
  const problem =
    foreign !== undefined
      ? `the events of block ${foreign} are of another block than the node’s chain has there`
      : hashAfterwards !== lastBlock.hash
        ? `block ${lastBlock.number} was another one when the audit ended`
        : undefined;
  return {
    name: "history",
    isPassed: problem === undefined,
    detail:
      problem === undefined
        ? `${events.length} events up to block ${lastBlock.number} (${lastBlock.hash}), ${hash}`
        : `${problem}: the chain was reorganised meanwhile, or the node tells of two; run the audit again`,
  };
}
