import { expect, test } from "vitest";
import { jobText } from "../../../web/round/job-note.tsx";

test("a job says what it changes, and that the rest stays", () => {
  const text = jobText({ version: 1, learningRate: 0.05 });

  expect(text).toContain("a learning rate of 0.05");
  expect(text).not.toContain("passes");
  expect(jobText({ version: 1, learningRate: 0.05, epochs: 2 })).toContain("0.05 and 2 passes");
  expect(jobText({ version: 1 })).toContain("changes nothing");
});
