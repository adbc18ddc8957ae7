import type { HeliaWithLibp2p } from "@helia/libp2p";
import { describe, expect, it } from "vitest";
import {
  BLOCK_CODECS,
  blockContentId,
} from "../../../services/adapters/content-store/content-id.ts";
import { createWantBlock } from "../../../services/adapters/ipfs/want-block.ts";

const block = Uint8Array.of(1, 2, 3);

/** A node whose wants are answered by the test. */
function asking() {
  const answers: { resolve(bytes: Uint8Array): void; reject(error: Error): void }[] = [];
  const get = async function* (_: unknown, { signal }: { signal: AbortSignal }) {
    const answer = Promise.withResolvers<Uint8Array>();
    signal.addEventListener("abort", () => answer.reject(signal.reason));
    answers.push(answer);
    yield await answer.promise;
  };
  const helia = { blockstore: { get } } as unknown as HeliaWithLibp2p;
  return { wantBlock: createWantBlock({ helia, keep: async () => undefined }), answers };
}
const soon = () => new Promise((resolve) => setImmediate(resolve));
const cidOf = () => blockContentId(block, BLOCK_CODECS.dagJson);

describe("wants for one block", () => {
  it("are one want, and everybody gets the answer", async () => {
    const { wantBlock, answers } = asking();
    const cid = await cidOf();
    const both = [wantBlock(cid), wantBlock(cid)];
    await soon();
    answers[0]?.resolve(block);

    expect(await Promise.all(both)).toEqual([block, block]);
    expect(answers).toHaveLength(1);
  });

  it("go on when the first one is given up", async () => {
    const { wantBlock, answers } = asking();
    const cid = await cidOf();
    const first = new AbortController();
    const given = wantBlock(cid, first.signal);
    const kept = wantBlock(cid);
    await soon();
    first.abort(new Error("no longer"));
    await expect(given).rejects.toThrow("no longer");
    while (answers.length < 2) await soon();
    answers[1]?.resolve(block);

    expect(await kept).toEqual(block);
  });

  it("end for one that is given up, and not for the other", async () => {
    const { wantBlock, answers } = asking();
    const cid = await cidOf();
    const second = new AbortController();
    const kept = wantBlock(cid);
    const given = wantBlock(cid, second.signal);
    await soon();
    second.abort(new Error("no longer"));
    await expect(given).rejects.toThrow("no longer");
    answers[0]?.resolve(block);

    expect(await kept).toEqual(block);
  });
});
