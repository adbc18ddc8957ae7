import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";
import { commandLine } from "../cli/command-line.ts";
import { type PlayedMarket, startPlayedMarket } from "../cli/played-market.ts";

const run = promisify(execFile);

describe("commonweight worker run", () => {
  let market: PlayedMarket;
  beforeAll(async () => {
    market = await startPlayedMarket();
  }, 60_000);
  afterAll(() => market?.stop());

  it("ends as a program with its last project: nothing it opened keeps it alive", async () => {
    const stopped = await commandLine(["owner", "stop", "1", "--yes"], {
      folder: market.folder,
      environment: { COMMONWEIGHT_PRIVATE_KEY: market.privateKeyOf("owner") },
    });
    const program = join(repositoryRoot, "services/main.ts");
    const data = join(market.folder, "samples.csv");

    const ended = await run(process.execPath, [program, "worker", "run", "1", "--data", data], {
      cwd: market.folder,
      env: {
        PATH: process.env.PATH ?? "",
        COMMONWEIGHT_PRIVATE_KEY: market.privateKeyOf("trainer-1"),
      },
      // Asked politely it would end all right; the point is that nobody needs to.
      ...{ timeout: 40_000, killSignal: "SIGKILL" },
    });

    expect(stopped.exitCode, stopped.stderr).toBe(0);
    expect(ended.stdout).toMatch(/all projects have ended\n$/);
  }, 60_000);
});
