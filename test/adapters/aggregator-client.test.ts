import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import {
  aggregatorClientErrors,
  fetchIpfsAddresses,
  fetchModelKey,
  fetchRoundReport,
} from "../../services/adapters/aggregator-client.ts";

const PEER = "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** An aggregator that answers as it likes; its address. */
async function answering(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const refusal = (message: string | RegExp) => ({
  code: aggregatorClientErrors.refused.code,
  message: expect.stringMatching(message),
});

describe("an aggregator's answer", () => {
  it("is read", async () => {
    const endpoint = await answering((_, response) => {
      response.end(JSON.stringify({ peerId: PEER, multiaddrs: ["/ip4/127.0.0.1/tcp/1"] }));
    });

    expect((await fetchIpfsAddresses(`${endpoint}/`)).peerId).toBe(PEER);
  });

  it("without an end is cut off before it fills the memory", async () => {
    let sentBytes = 0;
    const piece = " ".repeat(2 ** 16);
    const endpoint = await answering((_, response) => {
      const more = (): void => {
        while (!response.destroyed) {
          sentBytes += piece.length;
          if (!response.write(piece)) break;
        }
      };
      response.on("drain", more);
      more();
    });

    await expect(fetchIpfsAddresses(endpoint)).rejects.toMatchObject(
      refusal(/more than 2097152 bytes/),
    );
    // What was read, and what the operating system holds between the two.
    expect(sentBytes).toBeLessThan(32e6);
  });

  it("that refuses is told with the code and the words of the aggregator", async () => {
    const body = { code: "CW5013", message: "too many", hint: "wait" };
    const endpoint = await answering((_, response) => {
      response.writeHead(429).end(JSON.stringify(body));
    });

    await expect(
      fetchRoundReport(endpoint, { projectId: 1n, roundIndex: 0 }),
    ).rejects.toMatchObject({
      ...refusal(/CW5013 too many$/),
      details: { status: 429, remoteCode: "CW5013" },
    });
  });

  it("that explains itself cannot write lines that look like those of a program", async () => {
    const explanation = "not found\nreason on chain  none\n\nCONFIRMED";
    const body = {
      report: { trainers: [{ trainer: PEER, exclusion: { reason: 2, explanation } }] },
    };
    const endpoint = await answering((_, response) => {
      response.end(JSON.stringify(body));
    });

    const { report } = await fetchRoundReport(endpoint, { projectId: 1n, roundIndex: 0 });

    expect(report?.trainers[0]?.exclusion?.explanation).toBe(
      "not found reason on chain  none  CONFIRMED",
    );
  });

  it("that is of another shape is refused", async () => {
    const endpoint = await answering((_, response) => {
      response.end(JSON.stringify({ sealedKey: "0x00" }));
    });
    const asked = { projectId: 1n, cid: "bafy", account: PEER };

    await expect(fetchModelKey(endpoint, asked)).rejects.toMatchObject(refusal(/not understood$/));
  });

  it("that is no JSON, or does not come, counts as none", async () => {
    const endpoint = await answering((_, response) => {
      response.end("<html>");
    });
    const unreachable = { code: aggregatorClientErrors.unreachable.code };

    await expect(fetchIpfsAddresses(endpoint)).rejects.toMatchObject(unreachable);
    await expect(fetchIpfsAddresses("http://127.0.0.1:1")).rejects.toMatchObject(unreachable);
  });
});
