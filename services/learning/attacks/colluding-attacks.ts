/** Attacks of those who see the updates of honest trainers, and agree on what to send. */
import { dot, norm } from "../training/vector.ts";
import { type Attack, type AttackContext, need, toInt16 } from "./attack.ts";
import { flipLabels } from "./data-attacks.ts";

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

const meanOf = (peers: readonly Int16Array[]) => peerStatistics(peers).mean;

/** The mean of the peers moved against itself by `z` standard deviations. */
function littleIsEnough(context: AttackContext, z: number): Int16Array {
  const { mean, sigma } = peerStatistics(need(context, "peerUpdates"));
  const moved = mean.map((value, j) => value - z * (sigma[j] as number));
  return toInt16(moved, context.random);
}

/** Minus `epsilon` times the mean of the peers. */
function innerProduct(context: AttackContext, epsilon: number): Int16Array {
  return toInt16(meanOf(need(context, "peerUpdates")), context.random, -epsilon);
}

const squaredDistance = (left: ArrayLike<number>, right: ArrayLike<number>) => {
  const between = Float64Array.from(left, (value, j) => value - (right[j] as number));
  return dot(between, between);
};

/** The larger solution of `x^2 + 2 b x + c = 0`; where rounding leaves none, the place between both. */
const largerRoot = (b: number, c: number) => Math.sqrt(Math.max(0, b * b - c)) - b;

/**
 * The mean of the peers moved against itself as far as a limit on distances allows.
 *
 * @param farthest How far it may be moved. Each peer's part of the answer: the inner product of its distance from the mean with the
 * direction (of length one), and that distance squared.
 */
function movedMean(
  context: AttackContext,
  farthest: (along: readonly number[], squares: readonly number[], distances: number[][]) => number,
): Int16Array {
  const peers = need(context, "peerUpdates");
  const mean = meanOf(peers);
  const length = Math.max(norm(mean), Number.MIN_VALUE);
  const direction = mean.map((value) => -value / length);
  const offsets = peers.map((peer) => mean.map((value, j) => value - (peer[j] as number)));
  const gamma = farthest(
    offsets.map((offset) => dot(offset, direction)),
    offsets.map((offset) => dot(offset, offset)),
    peers.map((one) => peers.map((other) => squaredDistance(one, other))),
  );
  const moved = mean.map((value, j) => value + Math.max(0, gamma) * (direction[j] as number));
  return toInt16(moved, context.random);
}

/** The cosine that `aligned-harm` leaves: enough for every rule that asks for a direction. */
const LEFT_COSINE = 0.1;

/** As much harm as can be done in a direction that still agrees a little with the peers' mean. */
async function alignedHarm(context: AttackContext): Promise<Int16Array> {
  const mean = meanOf(need(context, "peerUpdates"));
  const harm = await need(context, "retrain")(flipLabels);
  const along = dot(harm, mean) / Math.max(dot(mean, mean), Number.MIN_VALUE);
  const across = Float64Array.from(harm, (value, j) => value - along * (mean[j] as number));
  const size = (norm(mean) * Math.sqrt(1 - LEFT_COSINE ** 2)) / Math.max(norm(across), 1);
  const sent = across.map((value, j) => LEFT_COSINE * (mean[j] as number) + size * value);
  return toInt16(sent, context.random);
}

/** In the order of `docs/robustness.md`. */
export const colludingAttacks: readonly Attack[] = [
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
    name: "min-max",
    summary:
      "Moves the peers' mean against itself as far as no peer is farther from it than the two farthest peers from each other (Shejwalkar and Houmansadr 2021).",
    needs: ["peerUpdates"],
    isColluding: true,
    craft: (context) =>
      movedMean(context, (along, squares, distances) => {
        const limit = Math.max(...distances.flat());
        return Math.min(...along.map((b, i) => largerRoot(b, (squares[i] as number) - limit)));
      }),
  },
  {
    name: "min-sum",
    summary:
      "The same, as far as its squared distances from all peers sum up to no more than those of the farthest peer (Shejwalkar and Houmansadr 2021).",
    needs: ["peerUpdates"],
    isColluding: true,
    craft: (context) =>
      movedMean(context, (along, squares, distances) => {
        const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
        const [count, limit] = [along.length, Math.max(...distances.map(sum))];
        return largerRoot(sum(along) / count, (sum(squares) - limit) / count);
      }),
  },
  {
    name: "aligned-harm",
    summary:
      "A label-flipped update turned until it agrees with the peers' mean by a cosine of 0.1: made against rules that ask for a direction.",
    needs: ["peerUpdates", "retrain"],
    isColluding: true,
    craft: alignedHarm,
  },
];
