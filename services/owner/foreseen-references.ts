import { z } from "zod";
import { listenToAggregator } from "../adapters/aggregator-events.ts";
import type { G1Point } from "../protocol/curve.ts";

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
  commitment: z.object({
    x: z.string().regex(/^\d{1,78}$/),
    y: z.string().regex(/^\d{1,78}$/),
  }),
});

/** Announcements of one aggregator that are followed between two takings: each costs a question to the node, and an honest one makes one. */
const MOST_FOLLOWED = 4;

/** References that were made while the proof of the round before was still under way. */
export interface ForeseenReferences<Made> {
  /** What was made for this round on exactly this model, if it was. */
  take(roundIndex: number, model: ForeseenModel): Promise<Made | undefined>;
}

/**
 * Makes a round's reference and pay gradient as soon as an aggregator says which model the last round makes, instead of after its
 * settlement. Nobody is told of them before the chain has that very model, so a wrong announcement costs this machine's time alone:
 * one computation an aggregator and round.
 *
 * @param options.make Trains on a model that opens its commitment, and seals the result; rejects for a model that does not.
 * @param options.isWanted Whether this round is one to prepare for.
 */
export function foreseeReferences<Made>(options: {
  readonly endpoints: readonly string[];
  readonly projectId: bigint;
  readonly isWanted: (roundIndex: number) => Promise<boolean>;
  readonly make: (roundIndex: number, model: ForeseenModel) => Promise<Made>;
  readonly signal: AbortSignal;
}): ForeseenReferences<Made> {
  const { endpoints, projectId, isWanted, make, signal } = options;
  const made = new Map<string, Promise<Made | undefined>>();
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
      const { x, y } = data.commitment;
      const model = { cid: data.modelCid, commitment: { x: BigInt(x), y: BigInt(y) } };
      const place = placeOf(roundIndex, model);
      const count = followed.get(endpoint) ?? 0;
      if (made.has(place) || count >= MOST_FOLLOWED) return;
      followed.set(endpoint, count + 1);
      const work = async () => ((await isWanted(roundIndex)) ? make(roundIndex, model) : undefined);
      // Whatever goes wrong here is done again, and said, when the chain has the model.
      made.set(
        place,
        work().catch(() => undefined),
      );
    };
    void listenToAggregator(endpoint, onEvent, { signal });
  }

  return {
    take: async (roundIndex, model) => {
      const found = await made.get(placeOf(roundIndex, model));
      made.clear();
      followed.clear();
      return found;
    },
  };
}
