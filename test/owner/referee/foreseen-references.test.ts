import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import {
  type ForeseenModel,
  foreseeReferences,
} from "../../../services/owner/referee/foreseen-references.ts";

const model = { cid: "bafymodel", commitment: { x: 1n, y: 2n } };
const announcement = {
  ...{ type: "model-computed", projectId: "7", roundIndex: 3, modelCid: "bafymodel" },
  commitment: { x: "1", y: "2" },
};
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** An aggregator that says what the test wants said. */
async function aggregator() {
  const listeners: ServerResponse[] = [];
  let isHeard = () => {};
  const heard = new Promise<void>((resolve) => {
    isHeard = resolve;
  });
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    listeners.push(response);
    isHeard();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.closeAllConnections());
  closing.push(() => server.close());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    say: (event: unknown) => {
      for (const each of listeners) each.write(`data: ${JSON.stringify(event)}\n\n`);
    },
  };
}

/** A referee of project 7 that listens, with what it has computed so far. */
async function listening(options: { isWanted?: boolean; failure?: Error } = {}) {
  const { url, heard, say } = await aggregator();
  const computed: [number, ForeseenModel][] = [];
  let count = (_: number) => {};
  /** Resolves when so many announcements have been followed up. */
  const counted = async (wanted: number) => {
    await new Promise<void>((resolve) => {
      count = (now) => now >= wanted && resolve();
    });
    await new Promise((resolve) => setImmediate(resolve));
  };
  const stopping = new AbortController();
  closing.push(() => stopping.abort());
  const asked: number[] = [];
  const kept: ForeseenModel[] = [];
  const foreseen = foreseeReferences({
    endpoints: [url],
    projectId: 7n,
    isWanted: async (roundIndex) => {
      asked.push(roundIndex);
      count(asked.length);
      return options.isWanted ?? true;
    },
    make: async (roundIndex, model, endpoint) => {
      computed.push([roundIndex, model]);
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (options.failure) throw options.failure;
      kept.push(model);
      expect(endpoint).toBe(url);
    },
    signal: stopping.signal,
  });
  await heard;
  return { foreseen, say, computed, asked, kept, counted };
}

describe("references that are computed before the last round is settled", () => {
  it("are those of the announced model, for the round after the one that makes it, and are waited for", async () => {
    const { foreseen, say, computed, kept, counted } = await listening();
    const isCounted = counted(1);
    say(announcement);
    await isCounted;

    await foreseen.madeFor(4, { ...model, cid: "bafyother" });
    expect(kept).toEqual([]);
    await foreseen.madeFor(4, model);
    expect(kept).toEqual([model]);
    expect(computed).toEqual([[4, model]]);
  });

  it("are computed once a round, whatever an aggregator says next", async () => {
    const { say, computed, counted } = await listening();
    const isCounted = counted(2);
    say(announcement);
    say({ ...announcement, commitment: { x: "5", y: "6" } });
    say({ ...announcement, roundIndex: 2 });
    say({ ...announcement, roundIndex: 4 });
    await isCounted;

    expect(computed.map(([roundIndex]) => roundIndex)).toEqual([4, 5]);
  });

  it("are not followed without end, whatever an aggregator announces", async () => {
    const { foreseen, say, asked, counted } = await listening({ isWanted: false });
    const isCounted = counted(4);
    for (let roundIndex = 3; roundIndex < 13; roundIndex++) say({ ...announcement, roundIndex });
    await isCounted;
    await foreseen.madeFor(4, model);
    const isCountedAgain = counted(5);
    say({ ...announcement, roundIndex: 1000 });
    await isCountedAgain;

    expect(asked).toEqual([4, 5, 6, 7, 1001]);
  });

  it("are not computed for other projects, other events, or events that are no announcement", async () => {
    const { say, computed, counted } = await listening();
    const isCounted = counted(1);
    say({ ...announcement, projectId: "8" });
    say({ ...announcement, type: "proven" });
    say({ ...announcement, commitment: "0x" });
    say(null);
    say(announcement);
    await isCounted;

    expect(computed).toHaveLength(1);
  });

  it("are followed in every round, though nobody asks for them between two", async () => {
    const { say, asked, counted } = await listening();
    for (let roundIndex = 3; roundIndex < 13; roundIndex++) {
      const isCounted = counted(roundIndex - 2);
      say({ ...announcement, roundIndex });
      await isCounted;
    }

    expect(asked).toHaveLength(10);
  });

  it("are left to the ordinary way when they are not wanted or fail", async () => {
    for (const options of [{ isWanted: false }, { failure: new Error("not the model") }]) {
      const { foreseen, say, kept, counted } = await listening(options);
      const isCounted = counted(1);
      say(announcement);
      await isCounted;

      await foreseen.madeFor(4, model);
      expect(kept).toEqual([]);
    }
  });
});
