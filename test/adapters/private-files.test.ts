import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { openDatabase } from "../../services/adapters/database.ts";
import { logisticRegression } from "../../services/learning/model-spec.ts";
import { writeTrainingJob } from "../../services/learning/training/training-job.ts";

const folder = mkdtempSync(join(tmpdir(), "commonweight-private-"));
const umask = process.umask(0o022);
afterAll(() => {
  process.umask(umask);
  rmSync(folder, { recursive: true });
});

/** Whether anybody but its owner may do anything with it. */
const isShared = (path: string) => (statSync(path).mode & 0o077) !== 0;

it("databases are their owner's alone, for the keys of unread updates are in them", () => {
  const database = openDatabase(join(folder, "deep", "worker.sqlite"), ["CREATE TABLE a (b TEXT)"]);
  database.run("INSERT INTO a VALUES (?)", "key");

  const files = readdirSync(join(folder, "deep"));
  expect(files.length).toBeGreaterThan(1);
  expect(files.filter((name) => isShared(join(folder, "deep", name)))).toEqual([]);
  database.close();
});

it("so is the folder in which one's own program trains", async () => {
  const model = logisticRegression({ features: 2, classes: 2 });
  await writeTrainingJob(join(folder, "jobs", "1"), {
    ...{ model, parameters: new Float32Array(6), hyperparameters: {}, seed: "0", roundIndex: 0 },
    ...{ dataPath: "samples.csv", data: {}, projectId: "1" },
  } as never);

  expect(isShared(join(folder, "jobs", "1"))).toBe(false);
});
