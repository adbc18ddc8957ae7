import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { createHpkeEnvelope } from "../../services/adapters/envelope/hpke-envelope.ts";
import { readBundle } from "../../services/protocol/bundle/bundle-header.ts";
import { sealBundle } from "../../services/protocol/bundle/seal-bundle.ts";
import { sealFile } from "../../services/protocol/sealing/sealed-file.ts";

interface Field {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
}

/** Fields of the first byte table below a heading of docs/formats.md, for R recipients and a payload of the given length. */
async function fieldsOf(
  heading: string,
  recipients: number,
  payloadBytes: number,
): Promise<Field[]> {
  const text = await readFile(new URL("../../docs/formats.md", import.meta.url), "utf8");
  const section = text.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const evaluate = (expression: string) => {
    const terms = expression
      .replaceAll(/(\d+) R/g, (_, each) => `${Number(each) * recipients}`)
      .replaceAll(/\b[PL]\b/g, `${payloadBytes}`);
    return terms.split("+").reduce((sum, term) => sum + Number(term), 0);
  };
  const rows = [...section.matchAll(/^\| ([0-9][^|]*) \| ([^|]+) \| (\w+) \|/gm)];
  return rows.map(([, offset, bytes, name]) => ({
    name: name as string,
    offset: evaluate(offset as string),
    bytes: evaluate(bytes as string),
  }));
}

const envelope = createHpkeEnvelope();
const keys = await envelope.generateKeyPair();

describe("docs/formats.md", () => {
  it("gives every byte of a bundle a field, with the value that the program reads there", async () => {
    const associated = {
      chainId: 31337n,
      market: `0x${"ab".repeat(20)}`,
      projectId: 7n,
      roundIndex: 3,
      trainer: `0x${"cd".repeat(20)}`,
    };
    const { bytes, commitmentHash } = await sealBundle({
      envelope,
      update: new Int16Array(50),
      blinding: 1n,
      commitment: { x: 11n, y: 12n },
      associated,
      fractionBits: 12,
      aggregatorPublicKeys: [keys.publicKey, keys.publicKey],
    });
    const { header } = readBundle(bytes);

    const fields = await fieldsOf("Update bundle", 2, header.payloadBytes);

    expectNoGap(fields, bytes.length);
    const read = Object.fromEntries(
      fields.map(({ name, offset, bytes: size }) => [
        name,
        Buffer.from(bytes.slice(offset, offset + size)).toString("hex"),
      ]),
    );
    const number = (name: string) => BigInt(`0x${read[name]}`);
    expect(Buffer.from(read.magic as string, "hex").toString()).toBe("CWBUNDLE");
    expect([
      number("version"),
      number("coder"),
      number("fractionBits"),
      number("recipientCount"),
    ]).toEqual([2n, 1n, 12n, 2n]);
    expect([number("parameterCount"), number("payloadBytes"), number("reserved")]).toEqual([
      50n,
      BigInt(header.payloadBytes),
      0n,
    ]);
    expect([number("chainId"), number("projectId"), number("roundIndex")]).toEqual([
      31337n,
      7n,
      3n,
    ]);
    expect([`0x${read.market}`, `0x${read.trainer}`]).toEqual([
      associated.market,
      associated.trainer,
    ]);
    expect(`0x${read.commitmentHash}`).toBe(commitmentHash);
    expect(read.contentKeyHash).toBe(Buffer.from(header.contentKeyHash).toString("hex"));
    expect(read.bundleKeyHash).toBe(Buffer.from(header.bundleKeyHash).toString("hex"));
    expect(read.recipients?.slice(0, 64)).toBe(Buffer.from(keys.publicKey).toString("hex"));
  });

  it("gives every byte of a sealed file a field", async () => {
    const plaintext = new Uint8Array(100);
    const others = [await envelope.generateKeyPair(), await envelope.generateKeyPair()];
    const bytes = await sealFile({
      envelope,
      plaintext,
      recipients: [keys, ...others].map(({ publicKey }) => publicKey),
      context: "test",
    });

    expectNoGap(await fieldsOf("Sealed file", 3, plaintext.length), bytes.length);
  });
});

function expectNoGap(fields: readonly Field[], length: number): void {
  expect(fields.length).toBeGreaterThan(5);
  let end = 0;
  for (const field of fields) {
    expect(field).toEqual({ ...field, offset: end });
    end += field.bytes;
  }
  expect(end).toBe(length);
}
