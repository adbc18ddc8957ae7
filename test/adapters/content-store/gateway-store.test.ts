import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGatewayStore } from "../../../services/adapters/content-store/gateway-store.ts";
import { createMemoryStore } from "../../../services/adapters/content-store/memory-store.ts";
import { contentStoreErrors } from "../../../services/protocol/content-store.ts";

const source = createMemoryStore();
const bytes = Uint8Array.from({ length: 2 ** 20 + 100 }, (_, index) => (index * 31) >> 3);
let misbehave: ((block: Uint8Array) => Uint8Array) | undefined;
let asked: (string | undefined)[] = [];
let server: Server;
let url: string;
let cid: string;

beforeAll(async () => {
  cid = await source.put(bytes);
  server = createServer((request, response) => {
    asked.push(request.headers.accept);
    const id = /^\/ipfs\/([a-z0-9]+)\?format=raw$/.exec(request.url ?? "")?.[1] ?? "";
    source.getBlock(id).then(
      (block) => response.end(misbehave?.(block) ?? block),
      () => response.writeHead(404).end("no such block"),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function codeOf(options: { urls?: string[]; cid?: string; maxBytes?: number }) {
  const store = createGatewayStore({ urls: options.urls ?? [url] });
  const { maxBytes } = options;
  return store.get(options.cid ?? cid, { retries: 0, maxBytes }).then(
    () => "got",
    (error: { code: string }) => error.code,
  );
}

describe("a trustless gateway", () => {
  it("serves a file block by block, with progress", async () => {
    const progress: number[] = [];
    asked = [];

    const got = await createGatewayStore({ urls: [`${url}/`] }).get(cid, {
      onProgress: ({ doneBytes }) => progress.push(doneBytes),
    });

    expect(Buffer.compare(got, bytes)).toBe(0);
    expect(progress).toEqual([0, 2 ** 20, 2 ** 20 + 100]);
    expect(asked).toEqual(Array(3).fill("application/vnd.ipld.raw"));
  });

  it("cannot send other bytes, or too many", async () => {
    misbehave = (block) => block.map((byte) => byte ^ 1);
    expect(await codeOf({})).toBe(contentStoreErrors.corrupt.code);
    misbehave = () => new Uint8Array(2 ** 23);
    expect(await codeOf({})).toBe(contentStoreErrors.corrupt.code);
    misbehave = undefined;
    expect(await codeOf({ maxBytes: 1000 })).toBe(contentStoreErrors.tooLarge.code);
  });

  it("that never answers is waited for once, and then asked last", async () => {
    let count = 0;
    const silent = createServer(() => count++);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    const store = createGatewayStore({ urls: [`http://127.0.0.1:${port}`, url] });

    for (let time = 0; time < 3; time++) {
      expect(Buffer.compare(await store.get(cid, { timeoutMs: 2000 }), bytes)).toBe(0);
    }
    expect(count).toBe(1);
    silent.closeAllConnections();
    silent.close();
  });

  it("is passed over for the next when it has not the content or is not there", async () => {
    const store = createGatewayStore({ urls: ["http://127.0.0.1:1", url] });
    const missing = "bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq";

    expect(Buffer.compare(await store.get(cid), bytes)).toBe(0);
    expect(await codeOf({ cid: missing })).toBe(contentStoreErrors.notFound.code);
    expect(await codeOf({ urls: ["http://127.0.0.1:1"] })).toBe(
      contentStoreErrors.unreachable.code,
    );
    expect(await codeOf({ urls: [] })).toBe(contentStoreErrors.unreachable.code);
  });
});
