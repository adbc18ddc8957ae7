import { expect, it } from "vitest";
import { logisticRegression } from "../../services/learning/model-spec.ts";
import { postingWarnings } from "../../services/owner/posting/quote-posting.ts";

it("warns before money moves that nothing here trains a reference for a list of tensors", () => {
  const model = { kind: "tensors" as const, tensors: [{ name: "w", shape: [3, 2] }] };

  expect(postingWarnings({ model })).toEqual([expect.stringMatching(/owner reference.*no round/)]);
  expect(postingWarnings({ model: logisticRegression({ features: 3, classes: 2 }) })).toEqual([]);
});
