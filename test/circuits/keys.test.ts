import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type CircuitEntry, readCircuitTable } from "../../scripts/circuits/circuit-table.ts";
import { readKeyManifest } from "../../scripts/circuits/key-manifest.ts";
import { type SnarkjsVerifyingKey, solidityKey } from "../../scripts/circuits/solidity-key.ts";
import { circuitSources, sourceHash } from "../../scripts/circuits/source-hash.ts";
import { isCurrent } from "../../scripts/generate/generated-file.ts";
import { repositoryRoot } from "../../scripts/repository.ts";
import { PUBLIC_SIGNALS } from "../../services/protocol/round/public-signals.ts";
import { ROUND_RULES } from "../../services/protocol/rule/round-rules.ts";

const table = await readCircuitTable();
const records = await readKeyManifest();
const MOST_BYTES = 30_000_000;

async function verifyingKey({ name }: CircuitEntry): Promise<SnarkjsVerifyingKey> {
  const path = join(repositoryRoot, "circuits/keys", `${name}.vkey.json`);
  return JSON.parse(await readFile(path, "utf8")) as SnarkjsVerifyingKey;
}

const built = table.filter(({ name }) => records.some((record) => record.name === name));

describe("keys of circuits", () => {
  it("are there for every circuit that the repository keeps keys of", () => {
    const kept = table.filter(({ isCommitted }) => isCommitted).map(({ name }) => name);

    expect(kept).toEqual(["trust-8", "trust-16"]);
    expect(built.map(({ name }) => name)).toEqual(expect.arrayContaining(kept));
    expect(records.filter(({ name }) => !table.some((circuit) => circuit.name === name))).toEqual(
      [],
    );
  });

  it.each(built)("are not stale: $name (else run `npm run circuits -- $name`)", async (circuit) => {
    const record = records.find(({ name }) => name === circuit.name);

    expect(record).toMatchObject({ ruleId: circuit.ruleId, slots: circuit.slots });
    expect(record?.sourceHash).toBe(await sourceHash(circuit));
  });

  it.each(built)("say in Solidity what they say in JSON: $name", async (circuit) => {
    const key = await verifyingKey(circuit);

    expect(await isCurrent(solidityKey(circuit, key))).toBe(true);
    expect(key.nPublic).toBe(PUBLIC_SIGNALS.length);
    expect(key.IC).toHaveLength(PUBLIC_SIGNALS.length + 1);
    // The contract merges two pairings: gamma has to be the generator, and delta not.
    expect(key.vk_gamma_2).toEqual(GENERATOR);
    expect(key.vk_delta_2).not.toEqual(GENERATOR);
  });

  it.each(table)("are of a rule that TypeScript has: $name", (circuit) => {
    expect(ROUND_RULES.map(({ id }) => id)).toContain(circuit.ruleId);
  });

  it("take at most 30 MB in the repository", async () => {
    const kept = table.filter(({ isCommitted }) => isCommitted);
    const files = kept.flatMap(({ name }) => [`${name}.wasm.gz`, `${name}.zkey.gz`]);
    const sizes = await Promise.all(
      files.map(async (file) => (await stat(join(repositoryRoot, "circuits/keys", file))).size),
    );

    expect(files).toHaveLength(4);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(MOST_BYTES);
  });
});

describe("hash of a circuit's sources", () => {
  it("covers every file that the circuit is made of", async () => {
    const sources = await circuitSources("TrustRule.circom");

    expect([...sources.keys()]).toEqual(
      expect.arrayContaining(["TrustRule.circom", "lib/FloorDivision.circom", "lib/Kappa.circom"]),
    );
    expect([...sources.keys()]).not.toContain("lib/KrumScores.circom");
  });

  it("differs between templates and numbers of slots", async () => {
    const hashes = await Promise.all(table.map(sourceHash));

    expect(new Set(hashes).size).toBe(table.length);
  });
});

/** The second group's generator as snarkjs writes it. */
const GENERATOR = [
  [
    "10857046999023057135944570762232829481370756359578518086990519993285655852781",
    "11559732032986387107991004021392285783925812861821192530917403151452391805634",
  ],
  [
    "8495653923123431417604973247489272438418190587263600148770280649306958101930",
    "4082367875863433681332203403145435568316851327593401208105741076214120093531",
  ],
  ["1", "0"],
];
