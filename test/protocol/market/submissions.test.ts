import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isG1Point } from "../../../services/protocol/gram/blinding-base.ts";
import {
  commitmentHash,
  isSubmitted,
  unopened,
} from "../../../services/protocol/market/submissions.ts";
import { submissionsVectors } from "./submissions-cases.ts";

const author = `0x${"11".repeat(20)}`;
const thief = `0x${"22".repeat(20)}`;
const words = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
const points = fc.record({ x: words, y: words.filter((y) => y !== 0n) });

describe("the hash of a commitment that is submitted instead of it", () => {
  it("agrees with the vectors that the contract is tested with, and so does the rolling hash", () => {
    const stored = readFileSync(new URL("../../vectors/submissions.json", import.meta.url), "utf8");
    expect(stored).toBe(submissionsVectors());
  });

  it("opens to its commitment for its author, and to nothing for who copied it (property)", () => {
    fc.assert(
      fc.property(points, points, (commitment, other) => {
        const submitted = commitmentHash(author, commitment);

        expect(isSubmitted({ trainer: author, commitmentHash: submitted }, commitment)).toBe(true);
        // What an aggregator would settle for a colluding trainer, once the author has released its key.
        expect(isSubmitted({ trainer: thief, commitmentHash: submitted }, commitment)).toBe(false);
        const isOther = other.x !== commitment.x || other.y !== commitment.y;
        expect(isSubmitted({ trainer: author, commitmentHash: submitted }, other)).toBe(!isOther);
      }),
      { seed: 17 },
    );
  });

  it("stands for itself in a settlement that has no opening, in a form that no point has (property)", () => {
    fc.assert(
      fc.property(points, (commitment) => {
        const submitted = commitmentHash(author, commitment);
        const named = unopened(submitted);

        expect(isSubmitted({ trainer: author, commitmentHash: submitted }, named)).toBe(true);
        expect(isSubmitted({ trainer: thief, commitmentHash: submitted }, named)).toBe(true);
        expect(isG1Point(named)).toBe(false);
      }),
      { seed: 18 },
    );
  });

  it("is the same for an address with and without a checksum", () => {
    const mixed = "0xabCDefABcdefabcdEFABCDefabcdefabcdEFABcd";
    const commitment = { x: 1n, y: 2n };

    expect(commitmentHash(mixed, commitment)).toBe(commitmentHash(mixed.toLowerCase(), commitment));
  });
});
