import { expect, it } from "vitest";
import { rebuildModel } from "../../../services/aggregator/round/rebuild-model.ts";

it("a model of a round that the chain does not know as settled is said to be lost", async () => {
  const market = {
    ...{ getEvent: () => () => ({}), interface: { encodeFilterTopics: () => [] } },
    queryFilter: async () => [],
  };
  const chain = {
    market,
    addresses: { deployBlock: 0 },
    provider: { getBlockNumber: async () => 5 },
  };
  const rebuilding = rebuildModel({
    ...{ chain, curve: {}, opener: {}, previous: {} },
    project: { projectId: 1n, terms: { slots: 8 } },
    model: { version: 3, roundIndex: 2 },
  } as never);

  await expect(rebuilding).rejects.toMatchObject({
    code: "CW5001",
    message: expect.stringContaining("model 3: no round 2 was settled"),
  });
});
