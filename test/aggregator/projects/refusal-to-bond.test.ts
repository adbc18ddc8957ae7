import { expect, it } from "vitest";
import { refusalToBond } from "../../../services/aggregator/projects/refusal-to-bond.ts";

const [ACCOUNT, COLLEAGUE] = [`0x${"Ee".repeat(20)}`, `0x${"ff".repeat(20)}`];

/** Whether an aggregator locks this bond in a project of three rounds of four wei. */
const refusal = (aggregatorBondWei: bigint, bondsWei = [0n, 0n]) => {
  const aggregators = [COLLEAGUE, ACCOUNT];
  const terms = { aggregators, aggregatorBondWei, budgetPerRoundWei: 4n, rounds: 3 };
  return refusalToBond({ terms, bondsWei } as never, ACCOUNT.toLowerCase());
};

it("locks no more of an aggregator's money than the owner has promised for rounds", () => {
  expect(refusal(0n)).toBeUndefined();
  expect(refusal(12n)).toBeUndefined();
  expect(refusal(13n)).toBe("it wants a bond of 13, and has 12 for all of its rounds");
});

it("goes on where the bond is there, and lets no other's bond count", () => {
  expect(refusal(13n, [0n, 13n])).toBeUndefined();
  expect(refusal(13n, [13n, 0n])).toMatch(/^it wants a bond/);
});
