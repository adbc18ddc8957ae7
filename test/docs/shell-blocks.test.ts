import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";
import { readShellBlocks } from "../meta/shell-blocks.ts";

const blocks = (await readShellBlocks()).filter(
  ({ language, marker }) => language === "sh" && marker === "",
);

/** Every unmarked shell block of the documentation, run as a reader would, in the repository's root. */
describe("documentation commands", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "commonweight-docs-"));
    const command = join(folder, "commonweight");
    await writeFile(command, `#!/bin/sh\nexec node "${repositoryRoot}bin/commonweight.mjs" "$@"\n`);
    await chmod(command, 0o755);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it("has blocks to run", () => {
    expect(blocks.length).toBeGreaterThan(0);
  });

  it.each(blocks)("$page:$line works", { timeout: 180_000 }, async ({ script }) => {
    const shell = spawn("bash", ["-euo", "pipefail", "-c", script], {
      cwd: repositoryRoot,
      env: {
        ...process.env,
        COMMONWEIGHT_STATE: join(folder, "state"),
        PATH: [folder, dirname(process.execPath), process.env.PATH].join(delimiter),
      },
    });
    let output = "";
    for (const stream of [shell.stdout, shell.stderr]) {
      stream.on("data", (chunk) => {
        output += chunk;
      });
    }

    const [exitCode] = await once(shell, "close");

    expect(exitCode, output).toBe(0);
  });
});
