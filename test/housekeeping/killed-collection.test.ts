import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";
import { filesIn, nodesToTest, pattern } from "../adapters/ipfs/nodes-to-test.ts";

const { open, newFolder } = nodesToTest();
const MIB = 2 ** 20;
const holder = "trainer/1/0xab/7";

/** Collects as a trainer does, in a process of its own that kills itself at the given moment. */
const SCRIPT = `
  import fs from "node:fs/promises";
  import { openIpfsNode } from "./services/adapters/ipfs/ipfs-node.ts";
  import { ContentCollector } from "./services/housekeeping/content-collector.ts";
  const { folder, holder, kept, old, killAt } = JSON.parse(process.env.JOB);
  const node = await openIpfsNode({ folder, listen: [] });
  const counts = { unpin: 0, unlink: 0 };
  const count = (name) => {
    counts[name] += 1;
    if (killAt === name + " " + counts[name]) process.kill(process.pid, "SIGKILL");
  };
  const unlink = fs.unlink;
  fs.unlink = async (path) => {
    await unlink(path);
    count("unlink");
  };
  const collector = new ContentCollector({
    contentStore: {
      ...node,
      unpin: async (...words) => {
        await node.unpin(...words);
        count("unpin");
      },
    },
    holderOf: () => holder,
    readProjects: async () => [
      {
        projectId: 7n,
        lasting: new Set([kept[0]]),
        bundles: new Map([[0, new Set(old)], [1, new Set([kept[1]])]]),
        newestRound: 2,
        endedAt: undefined,
      },
    ],
    rules: { rounds: 1, endedSeconds: 1000 },
    now: async () => 100,
    say: (type, details) => console.log(JSON.stringify({ type, ...details })),
    signal: new AbortController().signal,
  });
  await collector.collect();
  await node.stop();`;

async function runCollector(job: Record<string, unknown>) {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", SCRIPT], {
    cwd: repositoryRoot,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH ?? "", NODE_NO_WARNINGS: "1", JOB: JSON.stringify(job) },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (piece) => {
      text += piece;
    });
  const [code, signal] = await once(child, "close");
  return { code, signal, text };
}

// Three files of three blocks each: two of them are let go of, and one was never pinned.
it.each(["unpin 1", "unpin 2", "unlink 1", "unlink 4", "unlink 8"])(
  "a worker that is killed in the middle of a collection, at %s, finds whole what it keeps, and removes the rest the next time",
  async (killAt) => {
    const folder = await newFolder();
    const before = await open({ folder });
    const put = (seed: number, options: object) => before.put(pattern(MIB + seed, seed), options);
    const kept = [await put(1, { holder }), await put(2, { holder })];
    const old = [await put(3, { holder }), await put(4, { holder })];
    const loose = await put(5, { pin: false });
    await before.stop();
    const job = { folder, holder, kept, old };
    const blocks = async () => (await filesIn(join(folder, "blocks"))).length;
    const all = await blocks();

    const killed = await runCollector({ ...job, killAt });
    const left = await blocks();
    const again = await runCollector(job);

    expect([killed.signal, killed.text]).toEqual(["SIGKILL", ""]);
    const [step, count] = killAt.split(" ");
    expect(all - left).toBe(step === "unlink" ? Number(count) : 0);
    expect([again.code, again.text]).toEqual([0, expect.stringContaining("content-collected")]);
    expect(all - (await blocks())).toBe(9);
    const after = await open({ folder, listen: [] });
    const cids = [...kept, ...old, loose];
    expect(await Promise.all(cids.map((cid) => after.has(cid)))).toEqual([
      ...[true, true, false, false, false],
    ]);
    expect((await after.pins()).map(({ cid }) => cid).sort()).toEqual([...kept].sort());
  },
);
