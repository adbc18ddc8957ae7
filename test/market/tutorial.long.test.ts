import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { playSteps } from "../../examples/market-by-hand/play-steps.ts";
import { readSteps } from "../../examples/market-by-hand/read-steps.ts";
import { repositoryRoot } from "../../scripts/repository.ts";

/** `docs/tutorial.md` as a reader follows it: every block in its terminal, every shown line compared. */
describe("docs/tutorial.md", () => {
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "commonweight-tutorial-"));
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  it("does what it says", { timeout: 900_000 }, async () => {
    const steps = readSteps(await readFile(join(repositoryRoot, "docs/tutorial.md"), "utf8"));

    expect(steps.length).toBeGreaterThan(15);
    expect(new Set(steps.map(({ terminal }) => terminal)).size).toBeGreaterThan(7);
    await playSteps(steps, {
      folder: repositoryRoot,
      environment: {
        PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ""}`,
        HOME: home,
        NO_COLOR: "1",
      },
      stepMs: 300_000,
    });
  });
});
