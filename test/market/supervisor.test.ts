import { afterEach, describe, expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";
import { type ProcessLine, Supervisor } from "../../services/market/supervisor.ts";

const said: ProcessLine[] = [];
const ends: { name: string; code: number | null; lastLines: string[] }[] = [];
const supervisor = new Supervisor({
  onLine: (line) => said.push(line),
  onUnexpectedEnd: (name, code, lastLines) => ends.push({ name, code, lastLines }),
});
afterEach(async () => {
  await supervisor.stopAll();
  said.length = 0;
  ends.length = 0;
});

const start = (name: string, source: string) =>
  supervisor.start({
    name,
    command: [process.execPath, "--eval", source],
    folder: repositoryRoot,
    environment: { PATH: process.env.PATH ?? "" },
  });
const STAYS = "setInterval(() => {}, 1000);";

describe("a process of the market", () => {
  it("is waited for until it says that it is ready, also by who asks later", async () => {
    const process = start("chain", `console.log('{"type":"ready","port":5}'); ${STAYS}`);

    expect(await process.waitFor("ready", 60_000)).toEqual({ type: "ready", port: 5 });
    expect(await process.waitFor("ready", 1)).toEqual({ type: "ready", port: 5 });
    expect(said).toContainEqual(expect.objectContaining({ process: "chain" }));
  });

  it("that does not become ready in time is named", async () => {
    const process = start("slow", STAYS);

    await expect(process.waitFor("ready", 50)).rejects.toMatchObject({
      code: "CW6001",
      message: 'slow did not report "ready"',
    });
  });

  it("that ends before it is ready is told with what it printed last", async () => {
    const process = start("broken", "console.error('no such disk'); process.exit(3);");

    await expect(process.waitFor("ready", 60_000)).rejects.toMatchObject({
      code: "CW6000",
      message: "broken ended with 3:\nno such disk",
    });
    expect(ends).toEqual([{ name: "broken", code: 3, lastLines: ["no such disk"] }]);
  });

  it("that is stopped ends as it should, and one that does not listen is killed", async () => {
    const deaf = start(
      "deaf",
      `process.on("SIGTERM", () => {}); console.log('{"type":"ready"}'); ${STAYS}`,
    );
    await deaf.waitFor("ready", 60_000);

    await deaf.stop(100);

    expect(await deaf.ended).toBeNull();
    expect(ends).toEqual([]);
    expect(supervisor.pids()).toEqual([]);
  });
});
