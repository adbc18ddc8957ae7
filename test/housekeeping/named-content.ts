import type { NamedContent } from "../../services/housekeeping/project-content-log.ts";

/** What a chain could name of a project whose rounds 0 to 4 were opened, and of which two made a model. */
export const namedContent = (changes: Partial<NamedContent> = {}): NamedContent => ({
  ...{ projectId: 7n, manifestCid: "manifest", newestRound: 4, endedAt: undefined },
  models: ["model-0", "model-1", "model-2"],
  jobs: new Map([
    [3, "job-3"],
    [4, "job-4"],
  ]),
  // One of them on a branch of the chain that was given up.
  lasting: new Set(["manifest", "model-0", "model-1", "model-x", "model-2", "job-3", "job-4"]),
  bundles: new Map([
    [3, new Set(["own-3", "others-3"])],
    [4, new Set(["others-4"])],
  ]),
  ...changes,
});
