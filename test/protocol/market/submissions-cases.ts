import { BASE_FIELD, INFINITY } from "../../../services/protocol/curve.ts";
import { hashToCurve } from "../../../services/protocol/gram/blinding-base.ts";
import { commitmentHash, submissionsHash } from "../../../services/protocol/market/submissions.ts";
import { vectorJson } from "../vector-json.ts";

const address = (byte: string) => `0x${byte.repeat(20)}`;

const CASES = [
  { name: "nobody", payGradient: true, trainers: [] },
  { name: "one trainer, no pay gradient", payGradient: false, trainers: [address("01")] },
  {
    name: "an address with letters, one of zeros but the last, the highest",
    payGradient: true,
    trainers: [address("aB"), `0x${"00".repeat(19)}01`, address("ff")],
  },
];

/** The text of `test/vectors/submissions.json`. */
export function submissionsVectors(): string {
  return vectorJson(
    CASES.map(({ name, payGradient, trainers }, index) => {
      const points = trainers.map((_, place) =>
        // Hashed is what was submitted, whether it is a point or not.
        place === 2 ? { x: BASE_FIELD, y: 1n } : hashToCurve(`${name} ${place}`),
      );
      const hashes = trainers.map((trainer, place) =>
        commitmentHash(trainer, points[place] ?? INFINITY),
      );
      const round = {
        chainId: 31337n + BigInt(index),
        market: address("5a"),
        projectId: 7n + (2n ** 200n - 7n) * BigInt(index % 2),
        roundIndex: index,
        reference: hashToCurve(`${name} reference`),
        payGradient: payGradient ? hashToCurve(`${name} pay gradient`) : INFINITY,
        submissions: trainers.map((trainer, place) => ({
          trainer,
          commitmentHash: hashes[place] ?? "",
        })),
      };
      const { reference, payGradient: second } = round;
      return {
        name,
        chainId: round.chainId,
        market: round.market,
        projectId: round.projectId,
        roundIndex: round.roundIndex,
        openedWith: [reference.x, reference.y, second.x, second.y],
        trainers: trainers.map((trainer) => BigInt(trainer)),
        commitments: points.flatMap(({ x, y }) => [x, y]),
        commitmentHashes: hashes.map((hash) => BigInt(hash)),
        submissionsHash: submissionsHash(round),
      };
    }),
  );
}
