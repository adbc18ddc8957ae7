import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { withInstallLock } from "../../../scripts/launcher/install-lock.mjs";

describe("withInstallLock", () => {
  let root: string;
  const log = vi.fn();
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "commonweight-lock-"));
    log.mockReset();
  });
  afterEach(async () => {
    await rm(root, { recursive: true, force: true });
  });

  it("lets one install run after the other, and leaves no lock behind", async () => {
    const events: string[] = [];
    const install = (name: string) => () =>
      new Promise<void>((resolve) => {
        events.push(`${name} begins`);
        setImmediate(() => {
          events.push(`${name} ends`);
          resolve();
        });
      });

    await Promise.all([
      withInstallLock({ root, log }, install("a")),
      withInstallLock({ root, log }, install("b")),
    ]);

    expect(events).toEqual(["a begins", "a ends", "b begins", "b ends"]);
    expect(existsSync(join(root, ".node.lock"))).toBe(false);
  });

  it("takes over from a process that died", async () => {
    await mkdir(join(root, ".node.lock"));
    // Above the largest process number of any system we run on.
    await writeFile(join(root, ".node.lock", "pid"), "99999999");

    expect(await withInstallLock({ root, log }, async () => "done")).toBe("done");
  });

  it("gives the lock back when the install fails", async () => {
    const failing = withInstallLock({ root, log }, async () => {
      throw new RangeError("no");
    });

    await expect(failing).rejects.toThrow(RangeError);
    expect(existsSync(join(root, ".node.lock"))).toBe(false);
  });
});
