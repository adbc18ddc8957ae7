import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { createHpkeEnvelope } from "../../../services/adapters/envelope/hpke-envelope.ts";
import { encodeInt16 } from "../../../services/protocol/bundle/int16-coder.ts";
import { openBundle } from "../../../services/protocol/bundle/open-bundle.ts";
import { sealBundle } from "../../../services/protocol/bundle/seal-bundle.ts";
import { filesIn, nodesToTest, pattern } from "./nodes-to-test.ts";

const { newFolder, open } = nodesToTest();

describe("sealed bundles on IPFS", () => {
  const envelope = createHpkeEnvelope();
  const commitment = { x: 1n, y: 2n };
  const commit = async () => commitment;
  const contextOf = (index: number) => ({
    chainId: 31337n,
    market: `0x${"ab".repeat(20)}`,
    projectId: 1n,
    roundIndex: 0,
    trainer: `0x${index.toString(16).padStart(40, "0")}`,
  });

  it("thirty at once from thirty trainers reach the aggregator and open", async () => {
    const aggregator = await open();
    const keys = await envelope.generateKeyPair();
    const updates = Array.from({ length: 30 }, (_, index) => integers(20_000, index));

    const opened = await Promise.all(
      updates.map(async (update, index) => {
        const trainer = await open({ listen: [], dial: aggregator.addresses() });
        const associated = contextOf(index);
        const sealed = await sealBundle({
          envelope,
          update,
          blinding: BigInt(index),
          commitment,
          associated,
          fractionBits: 12,
          aggregatorPublicKeys: [keys.publicKey],
        });
        const cid = await trainer.put(sealed.bytes);
        const bytes = await aggregator.get(cid, { maxBytes: 50_000 });
        const secrets = { contentKey: sealed.contentKey, keys };
        return openBundle({
          envelope,
          bytes,
          secrets,
          associated: { ...associated, commitmentHash: sealed.commitmentHash },
          fractionBits: 12,
          parameterCount: 20_000,
          commit,
        });
      }),
    );

    expect(opened.map(({ blinding }) => blinding)).toEqual(
      updates.map((_, index) => BigInt(index)),
    );
    for (const [index, { update }] of opened.entries()) expect(update).toEqual(updates[index]);
  });

  it("leave no plaintext of the update, its coded form, its blinding or its keys in any file of a node", async () => {
    const [folder, receivingFolder] = [await newFolder(), await newFolder()];
    const trainer = await open({ folder });
    const aggregator = await open({ folder: receivingFolder, dial: trainer.addresses() });
    const keys = await envelope.generateKeyPair();
    const secrets: Buffer[] = [];
    for (let index = 0; index < 8; index++) {
      const update = integers(2000, 1000 + index);
      const blinding = BigInt(`0x${Buffer.from(pattern(31, index)).toString("hex")}`);
      const sealed = await sealBundle({
        envelope,
        update,
        blinding,
        commitment,
        associated: contextOf(index),
        fractionBits: 12,
        aggregatorPublicKeys: [keys.publicKey],
      });
      const bytes = await aggregator.get(await trainer.put(sealed.bytes));
      await openBundle({
        envelope,
        bytes,
        secrets: { contentKey: sealed.contentKey, keys },
        associated: { ...contextOf(index), commitmentHash: sealed.commitmentHash },
        fractionBits: 12,
        parameterCount: 2000,
        commit,
      });
      const littleEndian = Buffer.from(update.buffer);
      const plaintexts = [
        littleEndian,
        Buffer.from(littleEndian).swap16(),
        encodeInt16(update),
        pattern(31, index),
        sealed.contentKey,
        sealed.bundleKey,
      ];
      secrets.push(...plaintexts.map((bytes) => Buffer.from(bytes)));
    }
    await Promise.all([trainer.stop(), aggregator.stop()]);

    const files = [...(await filesIn(folder)), ...(await filesIn(receivingFolder))];
    const contents = Buffer.concat(await Promise.all(files.map((file) => readFile(file))));

    expect(contents.length).toBeGreaterThan(8 * 2000);
    expect(contents.includes(Buffer.from("CWBUNDLE"))).toBe(true);
    for (const secret of secrets) {
      for (let offset = 0; offset + 8 <= secret.length; offset += 8) {
        expect(contents.includes(secret.subarray(offset, offset + 8))).toBe(false);
      }
    }
  });
});

function integers(length: number, seed: number): Int16Array {
  return new Int16Array(pattern(2 * length, seed).buffer).map((value) => value >> 5);
}
