import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InvalidArgumentError } from "commander";
import { readKeystoreAddress } from "../../services/adapters/chain/accounts/keystore.ts";
import { loadConfig } from "../../services/adapters/config/config.ts";
import { decodeManifest, encodeManifest } from "../../services/adapters/dag-json/manifest-store.ts";
import { createHpkeEnvelope } from "../../services/adapters/envelope/hpke-envelope.ts";
import { loadEncryptionKeys } from "../../services/adapters/envelope/key-file.ts";
import { parseProjectId, parseRoundIndex } from "../../services/command-line/parse-project-id.ts";
import { parseAnyAmount } from "../../services/command-line/token-amount.ts";
import { csvDataset } from "../../services/learning/data/csv-dataset.ts";
import { parseCsv } from "../../services/learning/data/formats/csv.ts";
import { readTrainingResult } from "../../services/learning/training/training-job.ts";
import { parseTerms } from "../../services/owner/posting/terms-file.ts";
import { readManifest } from "../../services/protocol/manifest/manifest.ts";
import {
  keyReleaseSchema,
  referencesSchema,
  signedUpdateSchema,
} from "../../services/protocol/market/api.ts";
import { encodeSafetensors, tensorOf } from "../../services/protocol/model/safetensors.ts";
import {
  packTerms,
  unpackOutcome,
  unpackTerms,
} from "../../services/protocol/round/public-signals.ts";
import { parseRoute } from "../../web/route.ts";
import { MANIFEST } from "../protocol/manifest/manifest-case.ts";
import { fuzzFolder as folder, fromFile } from "./from-file.ts";
import type { FuzzTarget } from "./run-target.ts";

const encode = (value: string) => new TextEncoder().encode(value);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const json = (value: unknown) => encode(JSON.stringify(value));
const envelope = createHpkeEnvelope();
const bytes32 = `0x${"4d".repeat(32)}`;
const bytes20 = `0x${"11".repeat(20)}`;
const signature = `0x${"5e".repeat(65)}`;
const cid = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";

const model = {
  kind: "tensors" as const,
  tensors: [{ name: "weight", shape: [2, 2] }],
};
const trained = encodeSafetensors({
  tensors: [tensorOf({ name: "weight", shape: [2, 2], entries: Float32Array.of(1, -2, 0.5, 4) })],
  metadata: {},
});
mkdirSync(join(folder, "output"));
writeFileSync(join(folder, "model.safetensors"), trained);

/** Words as decimal text, a line each; other text never reaches the readers of words. */
function words(input: Uint8Array): bigint[] {
  const lines = decode(input).split("\n");
  if (lines.some((line) => !/^\d{1,90}$/.test(line))) throw new InvalidArgumentError("no numbers");
  return lines.map(BigInt);
}
const termsWords = packTerms({
  slotCount: 8,
  active: Array.from({ length: 8 }, () => true),
  normBoundSquared: 1n << 40n,
  parameterA: 0,
  parameterB: 0,
  baseWeights: [512, 512, 512, 512, 512],
});

/** Everything textual that a person, a file or another party hands in. */
export const textTargets: readonly FuzzTarget[] = [
  {
    name: "manifest",
    seeds: [json(MANIFEST)],
    weight: 30,
    read: (input) => readManifest(input),
  },
  {
    name: "manifest as dag-json",
    seeds: [encodeManifest(MANIFEST)],
    weight: 30,
    read: (input) => {
      // What is accepted must be publishable again: an auditor recomputes the CID.
      encodeManifest(decodeManifest(input));
    },
  },
  {
    name: "terms file",
    seeds: [
      json({
        aggregators: [bytes20],
        budgetPerRoundWei: "1000000",
        stakeWei: "1000",
        joinSeconds: 60,
        openSeconds: 60,
        commitSeconds: 60,
        revealSeconds: 60,
        settleSeconds: 60,
        rounds: 3,
        minTrainers: 3,
      }),
    ],
    weight: 30,
    read: (input) =>
      parseTerms(decode(input), { manifest: MANIFEST, wrappedNative: bytes20, account: bytes20 }),
  },
  {
    name: "csv",
    seeds: [encode('a,b,"the ""class"""\r\n1,2,x\r\n3,"4,5",y\r\n'), encode("a,label\n1,0\n2,1\n")],
    weight: 100,
    read: (input) => {
      const { header, rows } = parseCsv(decode(input));
      if (rows.some((row) => row.length !== header.length)) throw new Error("a ragged table");
    },
  },
  {
    name: "csv as samples",
    seeds: [encode("a,b,label\n1,red,0\n2,blue,1\n"), encode("a,label\n1,0\n,1\n")],
    weight: 60,
    read: (input) =>
      csvDataset(decode(input), { categories: { b: ["red", "blue"] }, missing: { a: 0 } }),
  },
  {
    name: "configuration",
    seeds: [
      json({
        network: "local",
        stateFolder: "state",
        networks: { local: { rpcUrl: "http://127.0.0.1:8545" } },
      }),
    ],
    weight: 5,
    read: fromFile("config.json", (configPath) =>
      loadConfig({ folder, environment: {}, overrides: { configPath } }),
    ),
  },
  {
    name: "keystore",
    seeds: [
      json({
        version: 3,
        id: "7d6f3a7e-9f6f-4d0e-8f6c-3f2b1a0c9d8e",
        address: bytes20.slice(2),
        crypto: {
          cipher: "aes-128-ctr",
          cipherparams: { iv: "83dbcc02d8ccb40e466191a123791e0e" },
          ciphertext: bytes32.slice(2),
          kdf: "scrypt",
          kdfparams: { dklen: 32, n: 1024, p: 1, r: 8, salt: bytes32.slice(2) },
          mac: bytes32.slice(2),
        },
      }),
    ],
    weight: 5,
    read: fromFile("keystore.json", (path) => readKeystoreAddress(path)),
  },
  {
    name: "encryption key file",
    seeds: [json({ publicKey: bytes32.slice(2), privateKey: bytes32.slice(2) })],
    weight: 5,
    read: fromFile("encryption-key.json", (path) => loadEncryptionKeys(path, envelope)),
  },
  {
    name: "result of an external trainer",
    seeds: [trained],
    weight: 5,
    read: fromFile("output/model.safetensors", () => readTrainingResult(folder, model)),
  },
  {
    name: "metrics of an external trainer",
    seeds: [json({ loss: 0.5, accuracy: 0.9, samples: 300 })],
    weight: 5,
    read: async (input) => {
      writeFileSync(join(folder, "output/model.safetensors"), trained);
      writeFileSync(join(folder, "output/metrics.json"), input);
      await readTrainingResult(folder, model);
    },
  },
  {
    name: "request bodies",
    seeds: [
      json({ sender: bytes20, kind: "update", contentKey: bytes32, signature }),
      json({ reference: { x: "1", y: "2" }, referenceBundleCid: cid, multiaddrs: [], signature }),
      json({
        trainer: bytes20,
        commitmentHash: `0x${"cc".repeat(32)}`,
        bundleCid: cid,
        multiaddrs: ["/ip4/127.0.0.1/tcp/4001"],
        signature,
      }),
    ],
    weight: 60,
    read: (input) => {
      let body: unknown;
      try {
        body = JSON.parse(decode(input));
      } catch {
        throw new InvalidArgumentError("no JSON");
      }
      const schemas = [keyReleaseSchema, referencesSchema, signedUpdateSchema];
      const answers = schemas.map((schema) => schema.safeParse(body).success);
      if (!answers.includes(true)) throw new InvalidArgumentError("no request");
    },
  },
  {
    name: "numbers on the command line",
    seeds: [encode("1"), encode("340282366920938463463374607431768211456")],
    weight: 100,
    read: (input) => {
      const text = decode(input);
      for (const parse of [parseProjectId, parseRoundIndex]) {
        try {
          parse(text);
        } catch (error) {
          if ((error as { code?: string }).code !== "commander.invalidArgument") throw error;
        }
      }
      parseAnyAmount(text);
    },
  },
  {
    name: "address of a page",
    seeds: [encode("#/project/1/round/0"), encode("#/project/12/audit")],
    weight: 100,
    read: (input) => parseRoute(decode(input)),
  },
  {
    name: "outcome words",
    seeds: [encode("31331313"), encode("0")],
    weight: 60,
    read: (input) => unpackOutcome(words(input), 8),
  },
  {
    name: "terms words",
    seeds: [encode(termsWords.join("\n"))],
    weight: 60,
    read: (input) => {
      const read = words(input);
      if (packTerms(unpackTerms(read, 8)).join() !== read.join()) {
        throw new Error("two texts of the same terms");
      }
    },
  },
];
