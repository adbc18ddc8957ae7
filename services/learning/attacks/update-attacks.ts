/** Attacks that change the update itself, each trainer for itself. Sources and measured effect: `docs/robustness.md`. */
import { normalRandom } from "../random.ts";
import { norm } from "../training/vector.ts";
import { type Attack, type AttackContext, need, toInt16 } from "./attack.ts";

/** Noise of a given norm, spread over all entries. */
function noiseOfNorm(context: AttackContext, length: number): Float64Array {
  const normal = normalRandom(context.random);
  const sigma = length / Math.sqrt(context.honestUpdate.length);
  return Float64Array.from(context.honestUpdate, () => sigma * normal());
}

const add = (left: ArrayLike<number>, right: ArrayLike<number>) =>
  Float64Array.from(left, (value, i) => value + (right[i] as number));

/** In the order of `docs/robustness.md`. */
export const updateAttacks: readonly Attack[] = [
  {
    name: "sign-flip",
    summary: "Sends the negative of the honest update.",
    needs: [],
    craft: ({ honestUpdate, random }) => toInt16(honestUpdate, random, -1),
  },
  {
    name: "noise",
    summary: "Adds Gaussian noise three times as long as the honest update.",
    needs: [],
    craft: (context) =>
      toInt16(
        add(context.honestUpdate, noiseOfNorm(context, 3 * norm(context.honestUpdate))),
        context.random,
      ),
  },
  {
    name: "pure-noise",
    summary: "Sends Gaussian noise as long as an honest update: a free rider in disguise.",
    needs: [],
    craft: (context) => toInt16(noiseOfNorm(context, norm(context.honestUpdate)), context.random),
  },
  {
    name: "free-rider",
    summary: "Does not train and sends zeros.",
    needs: [],
    craft: ({ honestUpdate }) => new Int16Array(honestUpdate.length),
  },
  {
    name: "shrink",
    summary: "Sends a fifth of the honest update, to be averaged in for little.",
    needs: [],
    craft: ({ honestUpdate, random }) => toInt16(honestUpdate, random, 0.2),
  },
  {
    name: "copycat",
    summary:
      "Copies a peer's update and adds noise of 0.3 times its length. Commit-then-reveal prevents it.",
    needs: ["peerUpdates"],
    craft: (context) => {
      const [peer] = need(context, "peerUpdates");
      const copied = peer as Int16Array;
      return toInt16(add(copied, noiseOfNorm(context, 0.3 * norm(copied))), context.random);
    },
  },
  {
    name: "earlier-update",
    summary:
      "Trains nothing and sends what an honest trainer sent in the round before, with noise of 0.1 times its length. An aggregator knows it; the rule compares with the last aggregate only.",
    needs: ["earlierUpdates"],
    craft: (context) => {
      const earlier = need(context, "earlierUpdates");
      const chosen = earlier[Math.floor(context.random() * earlier.length)] as Int16Array;
      return toInt16(add(chosen, noiseOfNorm(context, 0.1 * norm(chosen))), context.random);
    },
  },
  {
    name: "stale-replay",
    summary: "Resubmits the model's last change, which is public.",
    needs: [],
    // In the first round there is nothing to replay yet: act honestly.
    craft: ({ lastAggregate, honestUpdate }) => (lastAggregate ?? honestUpdate).slice(),
  },
  {
    name: "stale-replay-noisy",
    summary:
      "Resubmits the last change with noise of 0.58 times its length, to pass the novelty test.",
    needs: [],
    craft: (context) => {
      const stale = context.lastAggregate ?? context.honestUpdate;
      return toInt16(add(stale, noiseOfNorm(context, 0.58 * norm(stale))), context.random);
    },
  },
  {
    name: "inflated",
    summary: "Sends the honest update times 2.5, to weigh and to earn more.",
    needs: [],
    craft: ({ honestUpdate, random }) => toInt16(honestUpdate, random, 2.5),
  },
  {
    name: "now-and-then",
    summary: "Is honest in about half of the rounds, and turns its update around in the others.",
    needs: [],
    craft: ({ honestUpdate, random }) =>
      random() < 0.5 ? honestUpdate.slice() : toInt16(honestUpdate, random, -1),
  },
  {
    name: "leaked-reference",
    summary:
      "Submits the owner's reference, having learned it, with noise of 0.1 times its length: colluders are no duplicates.",
    needs: ["leakedReference"],
    craft: (context) => {
      const reference = need(context, "leakedReference");
      const noise = noiseOfNorm(context, 0.1 * norm(reference));
      return toInt16(add(reference, noise), context.random);
    },
  },
];
