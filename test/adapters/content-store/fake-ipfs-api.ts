import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { CID } from "multiformats/cid";
import { create as createDigest } from "multiformats/hashes/digest";

/** A stand-in for an IPFS node's RPC API that keeps blocks in memory, and can be told to misbehave. */
export interface FakeIpfsApi {
  readonly url: string;
  readonly blocks: Map<string, Uint8Array>;
  /** Answers `block/get` instead of the stored block. */
  misbehave: ((block: Uint8Array) => Uint8Array | "hang" | "cut") | undefined;
  close(): Promise<void>;
}

export async function startFakeIpfsApi(): Promise<FakeIpfsApi> {
  const blocks = new Map<string, Uint8Array>();
  const pins = new Set<string>();
  const codecs: Record<string, number> = { raw: 0x55, "dag-pb": 0x70, "dag-json": 0x0129 };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "", "http://localhost");
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const body = new Uint8Array(Buffer.concat(parts));
    const arg = url.searchParams.get("arg") ?? "";
    const block = blocks.get(arg);
    const answers: Record<string, () => void> = {
      "/api/v0/block/put": () => {
        const data = formData(body, request.headers["content-type"] ?? "");
        const digest = createDigest(0x12, createHash("sha256").update(data).digest());
        const key = CID.createV1(
          codecs[url.searchParams.get("cid-codec") ?? ""] as number,
          digest,
        ).toString();
        blocks.set(key, data);
        response.end(JSON.stringify({ Key: key, Size: data.length }));
      },
      "/api/v0/block/get": () => {
        const answer = block && (api.misbehave?.(block) ?? block);
        if (answer === "hang") return;
        if (answer === "cut") {
          response.setHeader("content-length", 1000);
          response.write("x");
          setTimeout(() => response.destroy(), 5);
        } else if (answer === undefined)
          response.writeHead(500).end('{"Message":"block was not found locally (offline)"}');
        else response.end(answer);
      },
      "/api/v0/block/rm": () => {
        blocks.delete(arg);
        response.end("{}");
      },
      "/api/v0/refs/local": () =>
        response.end([...blocks.keys()].map((Ref) => JSON.stringify({ Ref })).join("\n")),
      "/api/v0/pin/add": () => {
        pins.add(arg);
        response.end("{}");
      },
      "/api/v0/pin/rm": () => {
        pins.delete(arg);
        response.end("{}");
      },
      "/api/v0/pin/ls": () =>
        response.end(
          JSON.stringify({
            Keys: Object.fromEntries([...pins].map((pin) => [pin, { Type: "recursive" }])),
          }),
        ),
    };
    (answers[url.pathname] ?? (() => response.writeHead(404).end()))();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const api: FakeIpfsApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    blocks,
    misbehave: undefined,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return api;
}

/** The one part of a multipart body. */
function formData(body: Uint8Array, contentType: string): Uint8Array {
  const boundary = contentType.split("boundary=")[1] ?? "";
  const buffer = Buffer.from(body);
  const start = buffer.indexOf("\r\n\r\n") + 4;
  return new Uint8Array(buffer.subarray(start, buffer.lastIndexOf(`\r\n--${boundary}`)));
}
