import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { jobFolder, removeOldJobs } from "../../services/worker/job-folders.ts";

describe("job folders of a trainer's own program", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "commonweight jobs "));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("of older rounds of the same project go, with what is in them, and nothing else does", async () => {
    for (const roundIndex of [0, 7, 8, 9, 10]) {
      const made = jobFolder(folder, { projectId: 1n, roundIndex });
      await mkdir(made);
      await writeFile(join(made, "model.safetensors"), "");
    }
    const others = ["project-11-round-0", "project-1-round-0-kept", "notes"];
    for (const other of others) await mkdir(join(folder, other));

    await removeOldJobs(folder, { projectId: 1n, roundIndex: 10 }, 2);

    const left = [8, 9, 10].map((round) => `project-1-round-${round}`);
    expect((await readdir(folder)).sort()).toEqual([...left, ...others].sort());
  });

  it("need not be there yet", async () => {
    const nowhere = join(folder, "nowhere");

    await expect(
      removeOldJobs(nowhere, { projectId: 1n, roundIndex: 10 }, 2),
    ).resolves.toBeUndefined();
  });
});
