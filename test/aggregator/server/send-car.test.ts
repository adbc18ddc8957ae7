import { createServer, get, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { sendCar } from "../../../services/aggregator/server/send-car.ts";

const PIECES = 256;
const PIECE_BYTES = 2 ** 20;
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server whose content is made as it is asked for, and that tells how much of it was made. */
async function serve() {
  const ended = Promise.withResolvers<void>();
  let made = 0;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    try {
      for (; made < PIECES; made++) yield new Uint8Array(PIECE_BYTES).fill(made);
    } finally {
      ended.resolve();
    }
  }
  const server = createServer((_request, response) => {
    sendCar(pieces(), response, () => response.setHeader("content-type", "x")).catch(ended.reject);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const response = await new Promise<IncomingMessage>((resolve) =>
    get(`http://127.0.0.1:${port}/`, resolve),
  );
  return { response, made: () => made, ended: ended.promise };
}

describe("sending a CAR", () => {
  it("reads no further ahead than the connection takes, and sends everything", async () => {
    const { response, made, ended } = await serve();
    let received = 0;
    let mostAhead = 0;
    for await (const chunk of response) {
      received += (chunk as Buffer).length;
      mostAhead = Math.max(mostAhead, made() - received / PIECE_BYTES);
    }
    await ended;

    expect(received).toBe(PIECES * PIECE_BYTES);
    expect(mostAhead).toBeLessThan(64);
  });

  it("stops reading when the reader hangs up", async () => {
    const { response, made, ended } = await serve();

    await response[Symbol.asyncIterator]().next();
    response.destroy();
    await ended;

    expect(made()).toBeLessThan(PIECES);
  });

  it("says that content is not here before anything is sent", async () => {
    // biome-ignore lint/correctness/useYield: it fails before its first piece
    async function* missing(): AsyncGenerator<Uint8Array> {
      throw new RangeError("not here");
    }
    let isBegun = false;

    const sending = sendCar(missing(), process.stderr, () => {
      isBegun = true;
    });

    await expect(sending).rejects.toThrow("not here");
    expect(isBegun).toBe(false);
  });
});
