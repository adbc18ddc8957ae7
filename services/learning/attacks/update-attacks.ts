/** Attacks that change the update itself. Sources and measured effect: `docs/robustness.md`. */
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

/** Mean and standard deviation of the peers' updates, entry by entry. */
function peerStatistics(peers: readonly Int16Array[]): { mean: Float64Array; sigma: Float64Array } {
  const length = peers[0]?.length ?? 0;
  const mean = new Float64Array(length);
  const sigma = new Float64Array(length);
  for (let j = 0; j < length; j++) {
    let [sum, squares] = [0, 0];
    for (const peer of peers) {
      sum += peer[j] as number;
      squares += (peer[j] as number) ** 2;
    }
    mean[j] = sum / peers.length;
    sigma[j] = Math.sqrt(Math.max(0, squares / peers.length - (mean[j] as number) ** 2));
  }
  return { mean, sigma };
}

/** The mean of the peers moved against itself by `z` standard deviations. */
function littleIsEnough(context: AttackContext, z: number): Int16Array {
  const { mean, sigma } = peerStatistics(need(context, "peerUpdates"));
  const moved = mean.map((value, j) => value - z * (sigma[j] as number));
  return toInt16(moved, context.random);
}

/** Minus `epsilon` times the mean of the peers. */
function innerProduct(context: AttackContext, epsilon: number): Int16Array {
  return toInt16(peerStatistics(need(context, "peerUpdates")).mean, context.random, -epsilon);
}

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
    name: "little-is-enough",
    summary:
      "Stays within 1.5 standard deviations of the peers (Baruch, Baruch and Goldberg 2019).",
    needs: ["peerUpdates"],
    isColluding: true,
    craft: (context) => littleIsEnough(context, 1.5),
  },
  {
    name: "little-is-enough-mild",
    summary: "The same within 0.5 standard deviations: still a useful direction.",
    needs: ["peerUpdates"],
    isColluding: true,
    craft: (context) => littleIsEnough(context, 0.5),
  },
  {
    name: "inner-product",
    summary: "Sends minus half the peers' mean (Xie, Koyejo and Gupta 2019).",
    needs: ["peerUpdates"],
    isColluding: true,
    craft: (context) => innerProduct(context, 0.5),
  },
  {
    name: "inner-product-strong",
    summary: "Sends minus twice the peers' mean.",
    needs: ["peerUpdates"],
    isColluding: true,
    craft: (context) => innerProduct(context, 2),
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
