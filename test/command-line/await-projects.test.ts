import { describe, expect, it } from "vitest";
import type { Chain } from "../../services/adapters/chain/connect.ts";
import { chainErrors } from "../../services/adapters/chain/errors.ts";
import { awaitProjects } from "../../services/command-line/await-projects.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";

/** A market that has so many projects at each look, and another block each time somebody asks. */
function marketWith(...counts: (number | Error)[]): { chain: Chain; looks: () => number } {
  let [looks, blocks] = [0, 0];
  const staticCall = async () => {
    const count = counts[Math.min(looks++, counts.length - 1)];
    if (count instanceof Error) throw count;
    return BigInt(count ?? 0);
  };
  const chain = {
    rpcUrl: "",
    provider: { send: async () => blocks++ },
    market: { getFunction: () => ({ staticCall }) },
  };
  return { chain: chain as unknown as Chain, looks: () => looks };
}

describe("waiting for projects", () => {
  const { signal } = new AbortController();

  it("ends at once when they are posted", async () => {
    const { chain, looks } = marketWith(2);
    let waits = 0;
    await awaitProjects(chain, [2n, 1n], { signal, onWaiting: () => waits++ });
    expect([looks(), waits]).toEqual([1, 0]);
  });

  it("ends when the last of them is posted, and says once that it waits", async () => {
    const { chain, looks } = marketWith(0, 1, 2, 3);
    let waits = 0;
    await awaitProjects(chain, [3n, 1n], { signal, onWaiting: () => waits++ });
    expect([looks(), waits]).toEqual([4, 1]);
  });

  it("outlasts a chain that is away, and nothing else", async () => {
    const away = new CommonweightError(chainErrors.unreachable, "no answer");
    const { chain } = marketWith(0, away, 1);
    await awaitProjects(chain, [1n], { signal, onWaiting: () => {} });

    const { chain: other } = marketWith(0, new CommonweightError(chainErrors.malformed, "odd"));
    const waiting = awaitProjects(other, [1n], { signal, onWaiting: () => {} });
    await expect(waiting).rejects.toMatchObject({ code: chainErrors.malformed.code });
  });

  it("ends with the program", async () => {
    const { chain } = marketWith(0);
    const stopping = new AbortController();
    const onWaiting = () => stopping.abort(new Error("stopped"));
    const waiting = awaitProjects(chain, [1n], { signal: stopping.signal, onWaiting });
    await expect(waiting).rejects.toThrow("stopped");
  });
});
