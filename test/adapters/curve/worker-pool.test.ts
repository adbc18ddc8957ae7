import { describe, expect, test } from "vitest";
import { buildWasmProgram } from "../../../services/adapters/curve/wasm-program.ts";
import { openWorkerPool } from "../../../services/adapters/curve/worker-pool.ts";

const entries = new Uint8Array(64).fill(1);
const good = { left: entries, right: entries };

describe("a worker pool", () => {
  test("names a task that fails in its worker, and goes on", async () => {
    const { module } = await buildWasmProgram();
    const pool = await openWorkerPool({ module, threads: 1 });
    const broken = { left: null, right: null } as never;

    await expect(pool.run("multiply", broken)).rejects.toMatchObject({ code: "CW2006" });
    expect((await pool.run("multiply", good)).byteLength).toBe(64);
    await pool.close();
  });

  test("skips a queued task whose signal was aborted before its turn", async () => {
    const { module } = await buildWasmProgram();
    const pool = await openWorkerPool({ module, threads: 1 });
    const controller = new AbortController();
    const reason = new Error("changed my mind");

    const first = pool.run("multiply", good);
    const second = pool.run("multiply", good, controller.signal);
    const third = pool.run("multiply", good);
    controller.abort(reason);

    await expect(second).rejects.toBe(reason);
    expect((await first).byteLength).toBe(64);
    expect((await third).byteLength).toBe(64);
    await pool.close();
  });

  test("rejects what is queued when it closes, and everything after", async () => {
    const { module } = await buildWasmProgram();
    const pool = await openWorkerPool({ module, threads: 1 });
    const queued = [pool.run("multiply", good), pool.run("multiply", good)];
    const outcomes = Promise.allSettled(queued);

    await pool.close();

    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "CW2005" } });
    }
    await expect(pool.run("multiply", good)).rejects.toMatchObject({ code: "CW2005" });
  });
});
