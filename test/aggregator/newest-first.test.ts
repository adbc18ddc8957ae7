import { expect, it } from "vitest";
import { newestFirst } from "../../services/aggregator/newest-first.ts";

it("does some at a time, the newest project's first of those that wait, however they end", async () => {
  const inTurn = newestFirst(2);
  const begun: bigint[] = [];
  const ends = new Map<bigint, (isGood: boolean) => void>();
  const ask = (projectId: bigint) =>
    inTurn(projectId, () => {
      begun.push(projectId);
      return new Promise<string>((resolve, reject) =>
        ends.set(projectId, (isGood) => (isGood ? resolve("good") : reject(new Error("bad")))),
      );
    });
  const settle = () => new Promise((resolve) => setImmediate(resolve));

  const [first, second, ...others] = [1n, 2n, 3n, 9n, 4n].map(ask);
  for (const other of others) other.catch(() => undefined);
  await settle();
  expect(begun).toEqual([1n, 2n]);
  ends.get(2n)?.(false);
  await expect(second).rejects.toThrow("bad");
  await settle();
  expect(begun).toEqual([1n, 2n, 9n]);
  ends.get(1n)?.(true);
  expect(await first).toBe("good");
  await settle();
  expect(begun).toEqual([1n, 2n, 9n, 4n]);
  for (const projectId of [9n, 4n]) ends.get(projectId)?.(true);
  await settle();
  ends.get(3n)?.(true);
  await settle();
  ask(5n);
  await settle();
  expect(begun).toEqual([1n, 2n, 9n, 4n, 3n, 5n]);
});
