import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Chain } from "../../../services/adapters/chain/connect.ts";
import type { Round } from "../../../services/adapters/chain/rounds/round.ts";
import { RevealingRounds } from "../../../services/aggregator/intake/revealing-rounds.ts";

const node = vi.hoisted(() => ({ reads: 0, phase: "reveal", failure: undefined as unknown }));
vi.mock("../../../services/adapters/chain/rounds/round.ts", () => ({
  readRound: async (): Promise<Partial<Round>> => {
    node.reads++;
    await new Promise((resolve) => setTimeout(resolve, 10));
    if (node.failure !== undefined) throw node.failure;
    return { isOpen: true, roundIndex: 3, phase: node.phase as Round["phase"] };
  },
}));
vi.mock("../../../services/adapters/chain/projects/project.ts", () => ({
  readProject: async () => ({}),
}));
vi.mock("../../../services/adapters/chain/projects/project-trainer.ts", () => ({
  readTrainers: async () => [{ trainer: "0x01", status: "active" }],
}));
vi.mock("../../../services/adapters/chain/connect.ts", () => ({ chainTime: async () => 1000 }));

describe("a round whose keys come in", () => {
  beforeEach(() => Object.assign(node, { reads: 0, phase: "reveal", failure: undefined }));
  const reading = () => new RevealingRounds({} as Chain);

  it("is read once for all senders who come at the same moment", async () => {
    const rounds = reading();
    const found = await Promise.all(Array.from({ length: 9 }, () => rounds.read(1n, 3)));
    found.push(await rounds.read(1n, 3));

    expect(node.reads).toBe(1);
    expect(new Set(found.map(({ round }) => round.phase))).toEqual(new Set(["reveal"]));
    expect(new Set(found.map(({ trainers }) => trainers.length))).toEqual(new Set([1]));
  });

  it("is read again for whoever comes later", async () => {
    const rounds = reading();
    await rounds.read(1n, 3);
    await new Promise((resolve) => setTimeout(resolve, 260));
    await rounds.read(1n, 3);

    expect(node.reads).toBe(2);
  });

  it("is read again for whoever would be refused by what was read before", async () => {
    const rounds = reading();
    node.phase = "commit";
    await rounds.read(1n, 3);
    node.phase = "reveal";

    expect((await rounds.read(1n, 3)).round.phase).toBe("reveal");
    expect((await rounds.read(1n, 4)).round.roundIndex).toBe(3);
    expect(node.reads).toBe(3);
  });

  it("is read again after a reading that failed", async () => {
    const rounds = reading();
    node.failure = new Error("away");
    await expect(rounds.read(1n, 3)).rejects.toThrow("away");
    node.failure = undefined;

    expect((await rounds.read(1n, 3)).now).toBe(1000);
  });
});
