import { beforeEach, expect, it, vi } from "vitest";
import type { Project } from "../../../services/adapters/chain/projects/project.ts";
import type { Round } from "../../../services/adapters/chain/rounds/round.ts";
import type { OpenedReferee } from "../../../services/owner/referee/open-referee.ts";
import type { StoredReference } from "../../../services/owner/referee/reference-store.ts";
import { createReferenceRelease } from "../../../services/owner/referee/release-references.ts";

const sent = vi.hoisted(() => [] as string[]);
vi.mock("../../../services/adapters/aggregator-client.ts", () => ({
  postKey: async (_: string, __: unknown, { contentKey }: { contentKey: string }) =>
    sent.push(contentKey),
}));
vi.mock("../../../services/adapters/chain/projects/known-endpoints.ts", () => ({
  endpointOf: async () => "http://127.0.0.1:1",
  forgetEndpoint: () => {},
}));
vi.mock("../../../services/adapters/chain/sign.ts", () => ({ signMessage: async () => "0x" }));
vi.mock("../../../services/adapters/chain/rounds/round-events.ts", () => ({
  readOpenings: async () => [{ reference: { x: 22n, y: 1n } }],
}));

const madeWith = (x: bigint, key: number) =>
  ({
    body: { reference: { x: `${x}`, y: "1" } },
    referenceKey: new Uint8Array(32).fill(key),
  }) as StoredReference;

const releasing = (made: readonly StoredReference[]) =>
  createReferenceRelease(
    {
      ...{ chain: { chainId: 1n, addresses: { market: `0x${"11".repeat(20)}` } }, account: "0x" },
      ...{ terms: { aggregators: ["0xa"] }, store: { list: () => made } },
    } as unknown as OpenedReferee,
    { projectId: 1n, signal: new AbortController().signal, onReleased: () => {} },
  );
const project = { aggregatorIndex: 0 } as Project;
const round = { roundIndex: 4, isReferenceRevealed: false } as Round;
beforeEach(() => sent.splice(0));

it("of references on several models, the key is released of the one that the round was opened with", async () => {
  await releasing([madeWith(11n, 1), madeWith(22n, 2)])(project, round);

  expect(sent).toEqual([`0x${"02".repeat(32)}`]);
});

it("nothing is released of references that the round was not opened with", async () => {
  await releasing([madeWith(11n, 1), madeWith(33n, 3)])(project, round);

  expect(sent).toEqual([]);
});
