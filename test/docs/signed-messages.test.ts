import { readFileSync } from "node:fs";
import { TypedDataEncoder } from "ethers";
import { expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";
import { referenceTypes, updateTypes } from "../../services/adapters/chain/sign.ts";
import {
  evaluationMessage,
  keyReceiptMessage,
  keyReleaseMessage,
} from "../../services/protocol/signed-messages.ts";

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
