import { expect, test } from "vitest";
import { payPerTrainer } from "../../../web/project/pay-so-far.tsx";

test("pay is averaged over everybody who handed something in, also those who were removed", () => {
  const rounds = [
    { trainers: ["0xa", "0xb"], earningsWei: [60n, 0n] },
    { trainers: ["0xa", "0xc"], earningsWei: [30n, 9n] },
  ];

  expect(payPerTrainer(rounds)).toEqual({ trainers: 3, averageWei: 33n });
});

test("without a settled round nobody has earned anything", () => {
  expect(payPerTrainer([])).toEqual({ trainers: 0, averageWei: 0n });
});
