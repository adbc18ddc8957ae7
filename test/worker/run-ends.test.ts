import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";
import { exitCodes } from "../../services/command-line/exit-codes.ts";
import { commandLine } from "../cli/command-line.ts";
import { type PlayedMarket, startPlayedMarket } from "../cli/played-market.ts";
import { eventually } from "../eventually.ts";

const run = promisify(execFile);

describe("commonweight worker run", () => {
  let market: PlayedMarket;
  beforeAll(async () => {
    market = await startPlayedMarket();
  });
  afterAll(() => market?.stop());

  it("does not say that its projects have ended when it was stopped", async () => {
    const program = join(repositoryRoot, "services/main.ts");
    const data = join(market.folder, "samples.csv");
    const worker = spawn(process.execPath, [program, "worker", "run", "1", "--data", data], {
      cwd: market.folder,
      env: {
        PATH: process.env.PATH ?? "",
        COMMONWEIGHT_PRIVATE_KEY: market.privateKeyOf("trainer-1"),
      },
    });
    const said: string[] = [];
    for (const stream of [worker.stdout, worker.stderr]) {
      stream.on("data", (text) => said.push(String(text)));
    }

    await eventually(() => expect(said.join("")).toMatch("ready as"));
    worker.kill("SIGINT");
    const [exitCode] = await once(worker, "exit");

    expect(exitCode).toBe(exitCodes.interrupted);
    expect(said.join("")).toMatch(/stopped\n$/);
    expect(said.join("")).not.toMatch("have ended");
  });

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
      ...{ timeout: 150_000, killSignal: "SIGKILL" },
    });

    expect(stopped.exitCode, stopped.stderr).toBe(0);
    expect(ended.stdout).toMatch(/all projects have ended\n$/);
  });
});
