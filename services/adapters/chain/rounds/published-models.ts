import type { G1Point } from "../../../protocol/curve.ts";
import { cidFromBytes } from "../cid-bytes.ts";
import type { Chain } from "../connect.ts";
import { toPoint } from "../contract-values.ts";
import { type BlockRange, type EventPlace, findEvents } from "../project-events.ts";

/** A model of a project: version 0 is the initial one. */
export interface PublishedModel extends EventPlace {
  readonly version: number;
  /** The round that made it; 0 for the initial model too. */
  readonly roundIndex: number;
  readonly commitment: G1Point;
  readonly cid: string;
}

/** All models of a project, oldest first. */
export async function readModels(
  chain: Chain,
  projectId: bigint,
  range: BlockRange = {},
): Promise<PublishedModel[]> {
  return (await findEvents(chain, "ModelPublished", [projectId], range)).map(({ args, place }) => ({
    ...place,
    version: Number(args.modelVersion),
    roundIndex: Number(args.roundIndex),
    commitment: toPoint(args.commitment),
    cid: cidFromBytes(args.cid),
  }));
}
