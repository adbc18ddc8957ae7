import { readFileSync } from "node:fs";
import { TypedDataEncoder, Wallet } from "ethers";
import { CID } from "multiformats/cid";
import { expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";
import type { Chain } from "../../services/adapters/chain/connect.ts";
import {
  recoverUpdateSigner,
  referenceTypes,
  updateTypes,
} from "../../services/adapters/chain/sign.ts";
import {
  evaluationMessage,
  keyReceiptMessage,
  keyReleaseMessage,
} from "../../services/protocol/market/signed-messages.ts";

const context = { chainId: 1n, market: `0x${"11".repeat(20)}`, projectId: 1n, roundIndex: 0 };
const key = { kind: "update", contentKey: "0x00" } as const;
const services = [
  keyReleaseMessage(context, { aggregator: "0x", ...key }),
  keyReceiptMessage(context, { sender: "0x", ...key, receivedAt: 1 }),
  evaluationMessage(context, {
    ...{ version: 0, modelCid: "", accuracyMillionths: 0, lossMillionths: 0, samples: 1 },
  }),
];
const formats = readFileSync(`${repositoryRoot}docs/formats.md`, "utf8");
const rowOf = (name: string, types: Parameters<typeof TypedDataEncoder.from>[0]) => {
  const encoder = TypedDataEncoder.from(types);
  return `| \`${name}\` | \`${encoder.encodeType(encoder.primaryType)}\``;
};

it.each([
  rowOf("Commonweight", updateTypes),
  rowOf("Commonweight", referenceTypes),
  ...services.map(({ domain, types }) =>
    rowOf(domain.name, types as Parameters<typeof TypedDataEncoder.from>[0]),
  ),
])("docs/formats.md has the typed data %s", (row) => {
  expect(formats).toContain(row);
});

it("what a client of one's own signs as the page says is taken for its account's", async () => {
  const wallet = new Wallet(`0x${"12".repeat(32)}`);
  const fields = /`Update\(([^)]*)\)`/.exec(formats)?.[1]?.split(",") ?? [];
  const Update = fields.map((field) => {
    const [type = "", name = ""] = field.split(" ");
    return { type, name };
  });
  const domain = { name: "Commonweight", version: "1", chainId: 5n };
  const update = { projectId: 1n, roundIndex: 2, commitmentHash: `0x${"ab".repeat(32)}` };
  const cid = "bafkreiaeixkwuae7rb442zzvdco6637a476ns3duedv262mlhdupqx3auu";

  const signature = await wallet.signTypedData(
    { ...domain, verifyingContract: context.market },
    { Update },
    { ...update, bundleCid: CID.parse(cid).bytes },
  );

  const chain = { chainId: 5n, addresses: { market: context.market } } as unknown as Chain;
  expect(recoverUpdateSigner(chain, { ...update, bundleCid: cid }, signature)).toBe(wallet.address);
});
