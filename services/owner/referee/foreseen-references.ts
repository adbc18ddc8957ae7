import { z } from "zod";
import { listenToAggregator } from "../../adapters/aggregator-events.ts";
import type { G1Point } from "../../protocol/curve.ts";
import { decimalPointSchema, fromDecimalPoint } from "../../protocol/decimal-point.ts";

/** A model that an aggregator has computed and not settled yet: its word, until the chain has the same commitment. */
export interface ForeseenModel {
  readonly cid: string;
  readonly commitment: G1Point;
}

const announcementSchema = z.object({
  type: z.literal("model-computed"),
  projectId: z.string(),
  roundIndex: z.int().min(0),
  modelCid: z.string(),
  commitment: decimalPointSchema,
});

/** Announcements of one aggregator in a row that are followed for nothing: each costs a question to the node. */
const MOST_FOLLOWED = 4;

/** The making of references while the proof of the round before is still under way. */
export interface ForeseenReferences {
  /** Resolves when nothing is being made for this round on this model any more. */
  madeFor(roundIndex: number, model: ForeseenModel): Promise<void>;
}

/**
 * Makes a round's reference and pay gradient as soon as an aggregator says which model the last round makes, instead of after its
 * settlement. They are good for that very model alone, so a wrong announcement costs this machine's time and nothing else: one
 * computation an aggregator and round.
 *
 * @param options.make Trains on a model that opens its commitment, seals and keeps the result; rejects for a model that does not. Told
 *   where the aggregator is that has announced the model.
 * @param options.isWanted Whether this round is one to prepare for, on this model.
 */
export function foreseeReferences(options: {
  readonly endpoints: readonly string[];
  readonly projectId: bigint;
  readonly isWanted: (roundIndex: number, model: ForeseenModel) => Promise<boolean>;
  readonly make: (roundIndex: number, model: ForeseenModel, endpoint: string) => Promise<unknown>;
  readonly signal: AbortSignal;
}): ForeseenReferences {
  const { endpoints, projectId, isWanted, make, signal } = options;
  const underWay = new Map<string, Promise<void>>();
  const followed = new Map<string, number>();
  // By its CID, too: of a right commitment under a wrong address nobody has to wait for the file.
  const placeOf = (roundIndex: number, { cid, commitment: { x, y } }: ForeseenModel) =>
    `${roundIndex}/${cid}/${x}/${y}`;

  for (const endpoint of endpoints) {
    let newest = -1;
    const onEvent = (event: unknown) => {
      const { data } = announcementSchema.safeParse(event);
      if (data === undefined || data.projectId !== String(projectId)) return;
      const roundIndex = data.roundIndex + 1;
      if (roundIndex <= newest) return;
      newest = roundIndex;
      const model = { cid: data.modelCid, commitment: fromDecimalPoint(data.commitment) };
      const place = placeOf(roundIndex, model);
      const count = followed.get(endpoint) ?? 0;
      if (underWay.has(place) || count >= MOST_FOLLOWED) return;
      followed.set(endpoint, count + 1);
      const work = async () => {
        if (!(await isWanted(roundIndex, model))) return;
        followed.delete(endpoint);
        await make(roundIndex, model, endpoint);
      };
      // Whatever goes wrong here is done again, and said, when the chain has the model.
      const working = work()
        .catch(() => undefined)
        .finally(() => underWay.delete(place));
      underWay.set(place, working);
    };
    void listenToAggregator(endpoint, onEvent, { signal });
  }

  return {
    madeFor: async (roundIndex, model) => {
      followed.clear();
      await underWay.get(placeOf(roundIndex, model));
    },
  };
}
