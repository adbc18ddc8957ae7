import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCurve } from "../../../services/adapters/curve/open-curve.ts";
import { commitUpdate } from "../../../services/protocol/gram/commitment.ts";

const EXECUTABLE = process.env.CW_CHROMIUM ?? "/usr/bin/chromium";
const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript" };

describe.runIf(existsSync(EXECUTABLE))(`in Chromium (${EXECUTABLE})`, () => {
  let folder: string;
  let browser: Browser;
  let server: Server;
  let isIsolating = false;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "curve-page-"));
    await build({
      root: fileURLToPath(new URL("browser-page", import.meta.url)),
      base: "./",
      configFile: false,
      logLevel: "error",
      worker: { format: "es" },
      build: { outDir: folder, emptyOutDir: true, target: "es2022" },
    });
    server = createServer((request, response) => {
      const name = request.url === "/" ? "/index.html" : (request.url ?? "");
      const headers = isIsolating
        ? {
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-embedder-policy": "require-corp",
          }
        : {};
      readFile(join(folder, name)).then(
        (content) =>
          response
            .writeHead(200, { "content-type": TYPES[extname(name)] ?? "text/plain", ...headers })
            .end(content),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    browser = await chromium.launch({ executablePath: EXECUTABLE, args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test.each([
    ["without shared memory, as on most pages", false],
    ["with shared memory, on a cross-origin isolated page", true],
  ])("commits, proves and verifies %s", async (_, isolate) => {
    isIsolating = isolate;
    const { port } = server.address() as { port: number };
    const page = await browser.newPage();
    const failures: string[] = [];
    page.on("pageerror", (error) => failures.push(error.message));
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.waitForFunction("globalThis.check");

    const result = (await page.evaluate("globalThis.check()")) as { commitment: string[] };
    await page.close();

    const length = 3000;
    await using curve = await openCurve({ parameterCount: length, threads: 1 });
    const update = Int16Array.from({ length }, (_unused, j) => ((j * 7919) % 65536) - 32768);
    const { x, y } = await commitUpdate(curve, { update, blinding: 5n });
    expect(failures).toEqual([]);
    expect(result).toEqual({
      isIsolated: isolate,
      commitment: [String(x), String(y)],
      isAccepted: true,
      isForgeryAccepted: false,
    });
  });
});
