import { expect, it } from "vitest";
import type { Project } from "../../../services/adapters/chain/projects/project.ts";
import type { Round } from "../../../services/adapters/chain/rounds/round.ts";
import {
  openRoundContent,
  type RoundContentParts,
} from "../../../services/aggregator/round/round-content.ts";

it("is not opened from a node whose log lacks submissions that the chain has counted", async () => {
  const missing: string[] = [];
  const unexpected = () => {
    throw new RangeError("nothing may be opened yet");
  };
  const parts = {
    chain: {},
    rounds: { opening: async () => ({ roundIndex: 4 }), submissions: async () => [{ slot: 3 }] },
    opener: { releasedKeys: async () => unexpected, open: unexpected },
    models: { current: unexpected },
    onMissing: (what: string) => missing.push(what),
  } as unknown as RoundContentParts;
  const project = { projectId: 1n, terms: {} } as Project;
  const round = { roundIndex: 4, submittedCount: 3 } as Round;

  const content = await openRoundContent(parts, { project, round, isRevealOver: true });

  expect(content).toBeUndefined();
  expect(missing).toEqual(["a node that knows all submissions"]);
});
