import { CommonweightError } from "../../protocol/errors.ts";
import type { ReleaseKind } from "../../protocol/market/api.ts";
import { aggregatorErrors } from "../errors.ts";

/** Whose key it is, and of what. */
export interface KeyPlace {
  readonly projectId: bigint;
  readonly roundIndex: number;
  readonly sender: string;
  readonly kind: ReleaseKind;
}

/** Different keys that a sender may hand in for one thing of a round: after a reorganisation it may have sealed anew. */
const MOST_KEYS = 4;

/**
 * The keys that were handed in for each project's newest rounds. All that come are kept in a file that only grows, and whoever was a
 * trainer somewhere may send some: the same ones again, and ever new ones, must not fill the disk.
 */
export class KeyLimit {
  readonly #keys = new Map<string, { roundIndex: number; readonly keys: Set<string> }>();

  /** Whether a key is still to be kept; false when it is. @throws CW5013 when its sender has handed in too many others. */
  isNew(place: KeyPlace, contentKey: string): boolean {
    const known = this.#of(place);
    const key = contentKey.toLowerCase();
    if (known === undefined || known.has(key)) return known === undefined;
    if (known.size >= MOST_KEYS) {
      const message = `${known.size} other keys came from ${place.sender} for round ${place.roundIndex}`;
      throw new CommonweightError(aggregatorErrors.tooManyRequests, message);
    }
    return true;
  }

  /** Told when it is kept: of what could not be stored nobody has a receipt. */
  add(place: KeyPlace, contentKey: string): void {
    const keys = this.#of(place) ?? new Set();
    keys.add(contentKey.toLowerCase());
    this.#keys.set(nameOf(place), { roundIndex: place.roundIndex, keys });
  }

  #of(place: KeyPlace): Set<string> | undefined {
    const known = this.#keys.get(nameOf(place));
    return known?.roundIndex === place.roundIndex ? known.keys : undefined;
  }
}

const nameOf = ({ projectId, sender, kind }: KeyPlace) =>
  `${projectId}/${sender.toLowerCase()}/${kind}`;
