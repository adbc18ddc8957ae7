import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createMetrics } from "../../services/aggregator/metrics.ts";
import {
  type HttpServer,
  type HttpServerParameters,
  startHttpServer,
} from "../../services/aggregator/server/http-server.ts";
import { connectionLimits } from "../../services/aggregator/server/limit-connections.ts";
import { eventually } from "../eventually.ts";

let server: HttpServer | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const socket of sockets.splice(0)) socket.destroy();
  await server?.stop();
});

const BLOCK = new Uint8Array(256 * 1024);

/** A service that has every block, and wants every file of a project. */
async function start(changes: Partial<HttpServerParameters> = {}): Promise<HttpServer> {
  const nothing = async () => ({});
  server = await startHttpServer({
    ...{ host: "127.0.0.1", port: 0, metrics: createMetrics() },
    intake: {} as HttpServerParameters["intake"],
    grantModelKey: async () => ({ sealedKey: "0x00" }),
    status: {
      startedAt: 1,
      ...{ alerts: () => [], readiness: nothing, ipfs: nothing, market: nothing },
      ...{ projects: () => [], round: nothing, evaluations: nothing, onEvent: () => () => {} },
    } as unknown as HttpServerParameters["status"],
    files: {
      want: async (projectId, cid) => ({
        projectId,
        cid,
        codec: "file",
        maxBytes: 1000,
        isHere: false,
      }),
      take: async () => {},
    },
    readBlock: async () => BLOCK,
    exportCar: async function* () {
      yield BLOCK;
    },
    ...changes,
  });
  return server;
}

/** A connection from an address of this machine, and whether the service has ended it. */
async function open({ url }: HttpServer, text: string, localAddress = "127.0.0.1") {
  const socket = connect({ port: Number(new URL(url).port), host: "127.0.0.1", localAddress });
  sockets.push(socket);
  const state = { isEnded: false };
  for (const event of ["close", "end", "error"]) socket.on(event, () => (state.isEnded = true));
  await new Promise((resolve) => socket.once("connect", resolve));
  socket.pause();
  if (text !== "") socket.write(text);
  return { socket, state };
}

const health = async ({ url }: HttpServer) => (await fetch(`${url}/v1/health`)).status;
const upload = (bytes: number) =>
  `POST /v1/projects/1/files/bafy HTTP/1.1\r\nhost: x\r\ncontent-length: ${bytes}\r\n\r\n`;

describe("whoever holds more than its part", () => {
  it("of connections is cut off; other addresses and those that wait are served", async () => {
    const service = await start({ connections: { ofAddress: 5, ofAll: 100 } });
    const idle: Awaited<ReturnType<typeof open>>[] = [];
    for (let i = 0; i < 12; i++) idle.push(await open(service, "", "127.0.0.2"));
    for (const { socket } of idle) socket.resume();

    await eventually(() => expect(idle.filter(({ state }) => state.isEnded)).toHaveLength(7));
    expect(await health(service)).toBe(200);
    // A place is free again when a connection ends.
    for (const { socket } of idle) socket.destroy();
    await eventually(async () => {
      const { socket, state } = await open(
        service,
        "GET /v1/health HTTP/1.1\r\nhost: x\r\n\r\n",
        "127.0.0.2",
      );
      const answer = new Promise<string>((resolve) => {
        socket.once("data", (data) => resolve(data.toString()));
        socket.once("close", () => resolve(""));
      });
      socket.resume();
      expect(await answer).toMatch(/^HTTP\/1\.1 200/);
      expect(state.isEnded).toBe(false);
    });
  });

  it("of connections is told so when it asks something on one too many: it may share its address with others", async () => {
    const service = await start({ connections: { ofAddress: 2, ofAll: 100 } });
    for (let i = 0; i < 2; i++) await open(service, "", "127.0.0.2");
    const request = "GET /v1/health HTTP/1.1\r\nhost: x\r\n\r\n";
    const { socket, state } = await open(service, request, "127.0.0.2");
    let answer = "";
    socket.on("data", (data) => (answer += data)).resume();

    await eventually(() => expect(state.isEnded).toBe(true));
    expect(answer).toMatch(/^HTTP\/1\.1 429/);
    expect(answer).toMatch(/^Retry-After: 5\r$/m);
    expect(answer).toContain('"message":"more than 2 connections from this address"');
  });

  it("of connections cannot have hundreds of them told", async () => {
    const service = await start({ connections: { ofAddress: 1, ofAll: 1000 } });
    const idle: Awaited<ReturnType<typeof open>>[] = [];
    for (let i = 0; i < 60; i++) idle.push(await open(service, "", "127.0.0.2"));
    for (const { socket } of idle) socket.resume();

    // One is served, some are waited for in case they ask.
    const ended = () => idle.filter(({ state }) => state.isEnded).length;
    await eventually(() => expect(ended()).toBeGreaterThan(20));
    expect(ended()).toBeLessThan(59);
    await eventually(() => expect(ended()).toBe(59));
  });

  it("of answers that it does not read is cut off before they fill the memory", async () => {
    const service = await start();
    const request = "GET /ipfs/bafy HTTP/1.1\r\nhost: x\r\n\r\n";
    const { socket, state } = await open(service, request.repeat(200));

    await eventually(async () => {
      socket.resume();
      expect(state.isEnded).toBe(true);
    });
    const few = await open(service, request.repeat(3));
    let bytes = 0;
    few.socket.on("data", (data) => (bytes += data.length)).resume();
    await eventually(() => expect(bytes).toBeGreaterThan(3 * BLOCK.length));
    expect(few.state.isEnded).toBe(false);
    expect(await health(service)).toBe(200);
  });

  it("of uploads waits, and nobody else waits for its slow ones", async () => {
    const service = await start();
    for (let i = 0; i < 2; i++) await open(service, `${upload(900)}slow`, "127.0.0.2");
    const file = `${service.url}/v1/projects/1/files/bafy`;
    await eventually(async () => {
      const { socket } = await open(service, `${upload(4)}fast`, "127.0.0.2");
      const answer = new Promise<string>((resolve) =>
        socket.once("data", (data) => resolve(String(data))),
      );
      socket.resume();
      expect(await answer).toMatch(/^HTTP\/1\.1 429/);
    });

    const others = await fetch(file, { method: "POST", body: "fast" });
    expect(others.status).toBe(200);
  });
});

it("a quiet event stream is kept alive by comments, which are no events", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const service = await start();
  const response = await fetch(`${service.url}/v1/events`);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();

  await eventually(() => expect(vi.getTimerCount()).toBeGreaterThan(0));
  vi.advanceTimersByTime(30_000);
  expect(new TextDecoder().decode((await reader.read()).value)).toBe(":\n\n");
  await reader.cancel();
});

it("every answer says that no other page may frame it, and that nothing is to be guessed of its type", async () => {
  const service = await start();

  for (const path of ["/v1/health", "/ipfs/bafy?format=raw", "/nothing"]) {
    const { headers } = await fetch(`${service.url}${path}`);
    expect(headers.get("content-security-policy")).toContain("frame-ancestors 'self'");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  }
});

describe("limits of connections", () => {
  it.each([
    [64, { ofAll: 32, ofAddress: 32 }],
    [1024, { ofAll: 512, ofAddress: 250 }],
    [20_000, { ofAll: 4000, ofAddress: 1000 }],
  ])("leave half of %i files to everything else", (openFiles, limits) => {
    expect(connectionLimits(openFiles)).toEqual(limits);
  });

  it("know what this machine allows", () => {
    expect(connectionLimits().ofAll).toBeGreaterThanOrEqual(connectionLimits().ofAddress);
  });
});
