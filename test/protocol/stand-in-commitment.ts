import type { G1Point } from "../../services/protocol/curve.ts";
import { hashToCurve } from "../../services/protocol/gram/blinding-base.ts";

/** Stands for the curve: a point that binds integers and blinding as a commitment does, in a millisecond. */
export async function standInCommitment(opened: {
  readonly update: Int16Array;
  readonly blinding: bigint;
}): Promise<G1Point> {
  return hashToCurve(`${opened.blinding}:${opened.update.join()}`);
}
