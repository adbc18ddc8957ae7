import type { Curve, G1Point } from "../../protocol/curve.ts";
import {
  type ClaimedOpening,
  FEWEST_OPENINGS,
  MOST_OPENINGS,
  openAllCommitments,
} from "../../protocol/gram/check-commitments.ts";
import { commitUpdate } from "../../protocol/gram/commitment.ts";
import type { RandomBytes } from "../../protocol/scalar.ts";

interface Waiting extends ClaimedOpening {
  readonly curve: Curve;
  readonly resolve: (commitment: G1Point) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Commits to opened updates again, to compare with those in their bundles. All keys of a round come at the same moment: what is
 * opened while a check is under way is checked together, and one by one only when one of them is wrong.
 */
export class CommitmentChecks {
  readonly #randomBytes: RandomBytes;
  #waiting: Waiting[] = [];
  #isChecking = false;

  /** @param randomBytes Nobody else may foresee them. */
  constructor(randomBytes: RandomBytes) {
    this.#randomBytes = randomBytes;
  }

  /** What the opened update commits to: `claimed`, unless it is a wrong opening of that. */
  commit(curve: Curve, opening: ClaimedOpening): Promise<G1Point> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...opening, curve, resolve, reject });
      void this.#work();
    });
  }

  async #work(): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    while (this.#waiting.length > 0) {
      const together = this.#waiting.splice(0, MOST_OPENINGS);
      await this.#check(together).catch((error: unknown) => {
        for (const { reject } of together) reject(error);
      });
    }
    this.#isChecking = false;
  }

  /** All openings that wait are of one project, so that they have one curve. */
  async #check(openings: readonly Waiting[]): Promise<void> {
    const [first] = openings;
    if (first === undefined) return;
    const { curve } = first;
    const isWorthwhile = openings.length >= FEWEST_OPENINGS;
    if (isWorthwhile && (await openAllCommitments(curve, openings, this.#randomBytes))) {
      for (const { resolve, claimed } of openings) resolve(claimed);
      return;
    }
    await Promise.all(
      openings.map(async ({ update, blinding, resolve }) =>
        resolve(await commitUpdate(curve, { update, blinding })),
      ),
    );
  }
}
