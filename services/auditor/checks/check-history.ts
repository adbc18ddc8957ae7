import type { AuditCheck } from "../audit-check.ts";
import type { ProjectHistory } from "../evidence/project-history.ts";

/**
 * Whether everything was read from one chain that was still there in the end.
 *
 * @param blocks The blocks that matter, as they were told and as they were told again when all else was done.
 */
export function checkHistory(
  { events, foreignBlocks, misplaced, hash, lastBlock }: ProjectHistory,
  blocks: readonly { readonly number: number; readonly hash: string; readonly hashNow: string }[],
): AuditCheck {
  const [foreign] = foreignBlocks;
  const replaced = blocks.find(({ hash: before, hashNow }) => before !== hashNow);
  const problem =
    foreign !== undefined
      ? `the events of block ${foreign} are of another block than the node’s chain has there`
      : replaced !== undefined
        ? `block ${replaced.number} was another one when the audit ended`
        : misplaced;
  return {
    name: "history",
    isPassed: problem === undefined,
    detail:
      problem === undefined
        ? `${events.length} events up to block ${lastBlock.number} (${lastBlock.hash}), ${hash}`
        : `${problem}: the chain was reorganised meanwhile, or the node tells of two; run the audit again`,
  };
}
