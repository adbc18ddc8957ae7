import { expect, it, vi } from "vitest";
import { onceEach } from "../../web/once-each.ts";

it("a key is asked for once, and again after a failure", async () => {
  const read = vi.fn(async (key: string) => {
    if (key === "away" && read.mock.calls.length === 1) throw new RangeError("away");
    return key.toUpperCase();
  });
  const ask = onceEach(read);

  await expect(ask("away")).rejects.toThrow("away");
  expect(await Promise.all([ask("away"), ask("away"), ask("other")])).toEqual([
    ...["AWAY", "AWAY", "OTHER"],
  ]);
  expect(read).toHaveBeenCalledTimes(3);
});
