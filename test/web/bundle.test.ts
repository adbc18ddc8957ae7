import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { beforeAll, describe, expect, test, vi } from "vitest";

type Built = Extract<Awaited<ReturnType<typeof build>>, { output: unknown }>["output"][number];
type Chunk = Extract<Built, { type: "chunk" }>;

/** What the first load may weigh. */
const MOST_FIRST_BYTES = 300_000;

let files: readonly Built[] = [];

beforeAll(async () => {
  // The test runner says "test", with which React would come with its warnings for developers.
  vi.stubEnv("NODE_ENV", "production");
  const built = await build({
    configFile: fileURLToPath(new URL("../../web/vite.config.ts", import.meta.url)),
    logLevel: "silent",
    build: { write: false },
  });
  vi.unstubAllEnvs();
  files = (built as { output: Built[] }).output;
});

const isChunk = (file: Built): file is Chunk => file.type === "chunk";
const chunkOf = (fileName: string) =>
  files.filter(isChunk).find((chunk) => chunk.fileName === fileName) as Chunk;

/** A chunk with everything that it imports at once. */
function withImports(chunk: Chunk, seen = new Set<Chunk>()): Set<Chunk> {
  if (seen.has(chunk)) return seen;
  seen.add(chunk);
  for (const fileName of chunk.imports) withImports(chunkOf(fileName), seen);
  return seen;
}

/** What the browser fetches to show the list of projects: the entry, and the connection that it asks for next. */
function firstLoad(): Chunk[] {
  const firsts = files
    .filter(isChunk)
    .filter(({ isEntry, name }) => isEntry || name === "connection");
  expect(firsts).toHaveLength(2);
  return [...new Set(firsts.flatMap((chunk) => [...withImports(chunk)]))];
}

const text = (file: Built) => (isChunk(file) ? file.code : file.source);

describe("the built page", () => {
  test("weighs at most 300 kB, compressed, when it is first opened", () => {
    const sheets = files.filter(({ fileName }) => /\.(css|html)$/.test(fileName));
    const fetched = [...firstLoad(), ...sheets];
    const bytes = fetched.reduce((sum, file) => sum + gzipSync(text(file)).length, 0);

    expect(sheets.length).toBeGreaterThan(1);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThanOrEqual(MOST_FIRST_BYTES);
    // What docs/web.md says that it weighs.
    const page = readFileSync(new URL("../../docs/web.md", import.meta.url), "utf8");
    const said = Number(/list of projects takes (\d+) kB/.exec(page)?.[1]);
    expect(Math.abs(bytes / 1000 - said), `${bytes} bytes`).toBeLessThanOrEqual(10);
  });

  test.each([
    ["training", /@jax-js/],
    ["the verifier", /gram-verifier|snarkjs|ffjavascript/],
    ["charts", /web\/charts\/(chart-figure|line-chart|stacked-bars)/],
    ["schemas", /node_modules\/zod/],
    ["posting", /web\/post\/|services\/owner/],
    ["rehearsals", /web\/rehearsal\//],
    ["the audit", /services\/auditor|web\/pages\/audit/],
  ])("loads %s only when it is needed", (_, heavy) => {
    const modules = firstLoad().flatMap(({ moduleIds }) => moduleIds);

    expect(modules.length).toBeGreaterThan(100);
    expect(modules.filter((id) => heavy.test(id))).toEqual([]);
  });

  test("weighs what docs/web.md says in what is fetched later", () => {
    const page = readFileSync(new URL("../../docs/web.md", import.meta.url), "utf8");
    const said = /Training code \((\d+) kB\), the verifier \((\d+) kB\) and posting\s+\((\d+) kB\)/;
    const parts = [/rehearsal-worker-/, /audit-worker-/, /(run-posting|post-page)-/].map((name) =>
      files
        .filter(({ fileName }) => name.test(fileName) && fileName.endsWith(".js"))
        .reduce((sum, file) => sum + gzipSync(text(file)).length / 1000, 0),
    );
    const differences = (said.exec(page) ?? [])
      .slice(1)
      .map((kilobytes, part) => Math.abs(Number(kilobytes) - (parts[part] as number)));

    expect(differences).toHaveLength(3);
    expect(Math.max(...differences), parts.join(", ")).toBeLessThanOrEqual(10);
  });

  test("has the learning code and the verifier in workers of their own", () => {
    const names = files.map(({ fileName }) => fileName);

    expect(names.filter((name) => /rehearsal-worker-.*\.js$/.test(name))).toHaveLength(1);
    expect(names.filter((name) => /audit-worker-.*\.js$/.test(name))).toHaveLength(1);
  });

  test("allows no script but its own, and names no other host", () => {
    const html = String(text(files.find(({ fileName }) => fileName === "index.html") as Built));
    const policy = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(html)?.[1] ?? "";
    const rules = Object.fromEntries(
      policy.split(";").map((rule) => {
        const [name = "", ...values] = rule.trim().split(" ");
        return [name, values];
      }),
    );

    expect(rules["script-src"]).toEqual(["'self'", "'wasm-unsafe-eval'"]);
    expect(rules["default-src"]).toEqual(["'self'"]);
    expect(rules["object-src"]).toEqual(["'none'"]);
    expect(rules["base-uri"]).toEqual(["'none'"]);
    expect(rules["form-action"]).toEqual(["'none'"]);
    expect(html).not.toMatch(/<script(?![^>]*\ssrc="\.\/)/);
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
    const sheets = files.filter(({ fileName }) => fileName.endsWith(".css")).map(text);
    expect(sheets.join()).not.toMatch(/url\(\s*["']?(https?:)?\/\//);
  });
});
