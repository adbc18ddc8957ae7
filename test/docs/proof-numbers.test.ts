import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";

const read = (path: string) => readFileSync(join(repositoryRoot, path), "utf8");
const page = read("docs/proof.md");
const picture = read("docs/images/proof.svg");

/** A Groth16 proof on chain: pA and pC of two words, pB of four. */
const GROTH16_BYTES = 8 * 32;

function gramProofBytes(): number {
  const { cases } = JSON.parse(read("test/vectors/gram-proof.json")) as {
    cases: { proof: Record<string, string | { x: string; y: string }> }[];
  };
  const values = Object.values(cases[0]?.proof ?? {});
  return values.reduce((bytes, value) => bytes + (typeof value === "string" ? 32 : 64), 0);
}

describe("the numbers of docs/proof.md", () => {
  it("are the bytes that the proofs have", () => {
    const bytes = gramProofBytes();

    expect(page).toMatch(new RegExp(`\\| the Gram proof \\| ${bytes} \\|`));
    expect(page).toContain(`scalars: ${bytes} bytes for any d and n`);
    expect(page).toMatch(new RegExp(`\\| a Groth16 proof \\| ${GROTH16_BYTES} \\|`));
    expect(picture).toContain(`${bytes + GROTH16_BYTES} bytes of proofs`);
  });

  it("are the gas that the contract was measured to take", () => {
    const rows = JSON.parse(read("test/integration/snapshots/round-verifier-gas.json")) as {
      slots: number;
      provenGas: number;
    }[];
    const gas = rows.find(({ slots }) => slots === 16)?.provenGas as number;
    const rounded = Math.round(gas / 10_000) * 10_000;

    expect(page).toContain(`for about ${rounded.toLocaleString("en-US")} gas at 16 slots`);
  });

  it("are the chances that follow from the noise", () => {
    const rows = [...page.matchAll(/^\| (\d+) \| (\d+) \| 2\^-(\d+) \|$/gm)];

    expect(rows.length).toBeGreaterThanOrEqual(3);
    for (const [row, bits, trainers, exponent] of rows) {
      expect(Number(exponent), row).toBe(Number(bits) * (Number(trainers) + 2));
    }
  });
});
