import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";

/** A stand-in for the product: it says how it was called, then does what the first argument says. */
const MAIN = `
const [up, verb, value] = process.argv.slice(2);
if (verb === "exit") process.exitCode = Number(value);
if (verb === "wait") {
  process.on("SIGTERM", () => { console.log("cleaned up"); process.exit(7); });
  setInterval(() => {}, 1000);
}
// Last, so that whoever has read it may send a signal.
console.log(JSON.stringify({ up, args: process.argv.slice(3), cwd: process.cwd() }));
`;

const emptyLock = (packages: object = {}) =>
  JSON.stringify({
    name: "clone",
    version: "1.0.0",
    lockfileVersion: 3,
    packages: { "": { name: "clone", version: "1.0.0" }, ...packages },
  });

describe("launch", () => {
  let root: string;
  beforeAll(async () => {
    root = join(await mkdtemp(join(tmpdir(), "commonweight ")), "a clone");
    await mkdir(join(root, "services"), { recursive: true });
    await mkdir(join(root, "elsewhere"));
    await cp(join(repositoryRoot, "scripts"), join(root, "scripts"), { recursive: true });
    await writeFile(join(root, "services", "main.ts"), MAIN);
    await writeFile(
      join(root, "package.json"),
      JSON.stringify({ name: "clone", version: "1.0.0", type: "module" }),
    );
    await writeFile(join(root, "package-lock.json"), emptyLock());
    await mkdir(join(root, "node_modules"));
    await writeFile(join(root, "node_modules", ".package-lock.json"), emptyLock());
  });
  afterAll(async () => {
    await rm(join(root, ".."), { recursive: true, force: true });
  });

  function start(args: string[], environment: Record<string, string> = {}): ChildProcess {
    return spawn(process.execPath, [join(root, "scripts", "launch.mjs"), ...args], {
      cwd: join(root, "elsewhere"),
      env: { ...process.env, ...environment },
    });
  }
  async function run(args: string[], environment: Record<string, string> = {}) {
    const child = start(args, environment);
    let [stdout, stderr] = ["", ""];
    child.stdout?.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr?.on("data", (chunk) => {
      stderr += chunk;
    });
    const [exitCode] = await once(child, "close");
    return { exitCode, stdout, stderr };
  }

  it("hands over from any folder, with spaces in path and arguments, and at once when installed", async () => {
    const { exitCode, stdout, stderr } = await run(["start", "--data", "my file.csv"]);

    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      up: "up",
      args: ["--data", "my file.csv"],
      cwd: expect.stringMatching(/elsewhere$/),
    });
    expect(stderr).toBe("");
  });

  it("passes the exit code on", async () => {
    expect((await run(["start", "exit", "5"])).exitCode).toBe(5);
  });

  it("passes a signal on and waits for the cleaning up", async () => {
    const child = start(["start", "wait"]);
    let stdout = "";
    await new Promise<void>((resolve) => {
      child.stdout?.on("data", (chunk) => {
        stdout += chunk;
        resolve();
      });
    });

    child.kill("SIGTERM");

    const [exitCode] = await once(child, "close");
    expect(exitCode).toBe(7);
    expect(stdout).toContain("cleaned up");
  });

  it("names an unknown task", async () => {
    const { exitCode, stderr } = await run(["strat"]);

    expect(exitCode).toBe(1);
    expect(stderr).toContain("CW6909");
    expect(stderr).not.toContain("    at ");
  });

  it("says that the registry cannot be reached, and leaves the next run to try again", async () => {
    const integrity = `sha512-${"A".repeat(86)}==`;
    const missing = emptyLock({ "node_modules/missing": { version: "1.0.0", integrity } }).replace(
      '"version":"1.0.0"}',
      '"version":"1.0.0","dependencies":{"missing":"1.0.0"}}',
    );
    const manifest = {
      name: "clone",
      version: "1.0.0",
      type: "module",
      dependencies: { missing: "1.0.0" },
    };
    await writeFile(join(root, "package-lock.json"), missing);
    await writeFile(join(root, "package.json"), JSON.stringify(manifest));

    const { exitCode, stderr } = await run(["start"], {
      npm_config_registry: "http://127.0.0.1:9/",
      npm_config_fetch_retries: "0",
      npm_config_cache: join(root, "empty-cache"),
    });

    expect(exitCode).toBe(1);
    expect(stderr).toContain("CW6903");
    await expect(readFile(join(root, "node_modules", ".commonweight-stamp"))).rejects.toThrow();
  });

  it("says that the lock file is missing", async () => {
    await unlink(join(root, "package-lock.json"));

    const { exitCode, stderr } = await run(["start"]);

    expect(exitCode).toBe(1);
    expect(stderr).toContain("CW6910");
  });
});
