import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { makeFolder } from "../../services/adapters/make-folder.ts";

const folder = mkdtempSync(join(tmpdir(), "commonweight-folder-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("makeFolder", () => {
  it("makes what is missing, and leaves what is there", () => {
    const path = join(folder, "a", "b c", "ü");
    makeFolder(path);
    writeFileSync(join(path, "kept"), "");
    makeFolder(path);

    expect(statSync(join(path, "kept")).isFile()).toBe(true);
  });

  it.each([
    ["the folder itself", []],
    ["one above it", ["inside", "deeper"]],
  ])("refuses where a file is %s", (_, below) => {
    const file = join(folder, "file");
    writeFileSync(file, "");

    expect(() => makeFolder(join(file, ...below))).toThrow(/EEXIST|ENOTDIR/);
  });

  it("refuses a link to nothing", () => {
    symlinkSync(join(folder, "nowhere"), join(folder, "link"));

    expect(() => makeFolder(join(folder, "link"))).toThrow("EEXIST");
  });

  // Node's own recursive mkdir does not end here.
  it.runIf(existsSync("/proc/self"))("ends where nothing can be made", () => {
    expect(() => makeFolder("/proc/none/below")).toThrow("ENOENT");
  });
});
