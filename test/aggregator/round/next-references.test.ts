import { expect, it } from "vitest";
import type { Project } from "../../../services/adapters/chain/projects/project.ts";
import {
  findNextOpening,
  findNextReferences,
} from "../../../services/aggregator/round/next-references.ts";
import type { ReferencesBody } from "../../../services/protocol/market/api.ts";

const model = { x: 1n, y: 2n };
const project = {
  ...{ projectId: 7n, nextRoundIndex: 4, appliedRounds: 3, isStopAnnounced: false },
  terms: { rounds: 5 },
} as Project;
const references = {
  modelCommitment: { x: "1", y: "2" },
  reference: { x: "3", y: "4" },
  ...{ referenceBundleCid: "bafyreference", signature: "0xsigned", multiaddrs: [] },
} as ReferencesBody;
const storeOf = (found: ReferencesBody | undefined) => ({
  findReferences: (projectId: bigint, roundIndex: number) =>
    projectId === 7n && roundIndex === 4 ? found : undefined,
});

it("references are found that were made on the model, and no others", () => {
  expect(findNextReferences(storeOf(references), project, model)).toBe(references);
  expect(findNextReferences(storeOf(references), project, { x: 1n, y: 3n })).toBeUndefined();
  expect(findNextReferences(storeOf(undefined), project, model)).toBeUndefined();
});

it("a round can open with the settlement of the one before", () => {
  expect(findNextOpening(storeOf(references), project, model)).toMatchObject({
    reference: { projectId: 7n, roundIndex: 4, reference: { x: 3n, y: 4n }, jobCid: "" },
    refereeSignature: "0xsigned",
  });
});

it.each([
  ["the project ends with this round", { appliedRounds: 4 }, references],
  ["the owner has announced a stop", { isStopAnnounced: true }, references],
  ["it has instructions of its own", {}, { ...references, jobCid: "bafyjob" }],
  ["its references are not here", {}, undefined],
])("a round does not open with the settlement of the one before when %s", (_, change, found) => {
  expect(findNextOpening(storeOf(found), { ...project, ...change }, model)).toBeUndefined();
});
