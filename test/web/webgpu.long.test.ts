import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, expect, it } from "vitest";

const EXECUTABLE = process.env.CW_CHROMIUM ?? "/usr/bin/chromium";
/** WebGPU on the processor: the arithmetic is that of a graphics card's driver, without the card. */
const WEBGPU_FLAGS = [
  ...["--no-sandbox", "--enable-unsafe-webgpu", "--enable-features=Vulkan"],
  ...["--use-vulkan=swiftshader", "--use-webgpu-adapter=swiftshader"],
];

type Results = Record<string, { parameters: number[]; accuracy: number }>;

let browser: Browser;
let server: Server;

beforeAll(async () => {
  const built = (await build({
    configFile: false,
    logLevel: "silent",
    build: {
      write: false,
      target: "es2022",
      lib: {
        entry: fileURLToPath(new URL("webgpu-training.ts", import.meta.url)),
        formats: ["es"],
        fileName: "training",
      },
    },
  })) as { output: { fileName: string; code?: string; source?: string | Uint8Array }[] }[];
  const files = new Map(
    built.flatMap(({ output }) => output).map((file) => [file.fileName, file.code ?? file.source]),
  );
  const entry = [...files.keys()].find((name) => name.startsWith("training"));
  server = createServer((request, response) => {
    const file = files.get((request.url ?? "/").slice(1));
    if (file !== undefined) {
      response.setHeader("content-type", "text/javascript").end(file);
    } else {
      response
        .setHeader("content-type", "text/html")
        .end(`<!doctype html><script type="module" src="/${entry}"></script>`);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  browser = await chromium.launch({ executablePath: EXECUTABLE, args: WEBGPU_FLAGS });
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

async function trainIn(device: "wasm" | "webgpu"): Promise<Results> {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction("globalThis.trainOn !== undefined");
  const results = await page.evaluate<Results>(`globalThis.trainOn(${JSON.stringify(device)})`);
  await page.close();
  return results;
}

it("models train in a browser on WebGPU as they do in WebAssembly", async () => {
  const wasm = await trainIn("wasm");
  const webgpu = await trainIn("webgpu");

  expect(Object.keys(webgpu)).toEqual(["logistic", "mlp", "cnn"]);
  for (const [name, { parameters, accuracy }] of Object.entries(webgpu)) {
    const same = wasm[name]?.parameters ?? [];
    expect(parameters.length).toBe(same.length);
    // Sums in another order: the last digits differ, and training carries them on.
    const farthest = Math.max(...parameters.map((each, j) => Math.abs(each - (same[j] ?? 9))));
    expect(farthest).toBeLessThan(1e-3);
    expect(accuracy).toBeGreaterThan(0.9);
  }
}, 240_000);
