import { createHash } from "node:crypto";
import { powersOfTau, zKey } from "snarkjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { developmentPtau } from "../../../scripts/circuits/development-ptau.ts";
import {
  DEVELOPMENT_BEACON,
  DEVELOPMENT_SECRETS,
} from "../../../scripts/circuits/development-secrets.ts";
import { developmentZkey } from "../../../scripts/circuits/development-zkey.ts";
import { readR1cs } from "../../../scripts/circuits/r1cs.ts";
import { closeSnarkThreads } from "../../../services/adapters/snark/snark-threads.ts";
import { circuitFiles } from "../../circuits/circuit.ts";

const emptyFile = () => ({ type: "mem" as const, data: new Uint8Array() });
const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

describe("development setup", () => {
  const POWER = 8;
  let powers: Uint8Array;
  let r1cs: Uint8Array;

  beforeAll(async () => {
    powers = await developmentPtau(POWER, DEVELOPMENT_SECRETS);
    ({ r1cs } = await circuitFiles("lib/DerivedWeights.circom", "DerivedWeights(2, 8)"));
  });
  afterAll(closeSnarkThreads);

  it("gives powers of tau that the ordinary verifier accepts, Lagrange points and transcript included", async () => {
    expect(await powersOfTau.verify(powers)).toBe(true);
  });

  it("gives powers that the ordinary verifier refuses after a change", async () => {
    // A byte in the middle of the points of section 12 would not be a point; two points swapped are.
    const swapped = powers.slice();
    const at = sectionOffset(swapped, 12) + 64 * 300;
    swapped.copyWithin(at, at + 64, at + 128);

    expect(await powersOfTau.verify(swapped)).toBe(false);
  });

  it("gives the initial key that snarkjs makes from these powers, byte for byte", async () => {
    const domain = 2 ** POWER;
    expect(readR1cs(r1cs).constraints.length).toBeLessThan(domain / 2);
    const theirs = emptyFile();
    await zKey.newZKey(r1cs, powers, theirs);

    const ours = await developmentZkey(readR1cs(r1cs), DEVELOPMENT_SECRETS);

    expect(ours.length).toBe(theirs.data.length);
    expect(digest(ours)).toBe(digest(theirs.data));
  });

  it("gives keys that pass snarkjs' own verification after the contribution, and fail it for another circuit", async () => {
    const initial = await developmentZkey(readR1cs(r1cs), DEVELOPMENT_SECRETS);
    const final = emptyFile();
    await zKey.beacon(initial, final, "commonweight development", DEVELOPMENT_BEACON, 10);

    expect(await zKey.verifyFromR1cs(r1cs, powers, final.data)).toBe(true);
    const other = await circuitFiles("lib/DerivedWeights.circom", "DerivedWeights(2, 9)");
    expect(await zKey.verifyFromR1cs(other.r1cs, powers, final.data)).toBe(false);
  });
});

function sectionOffset(file: Uint8Array, wanted: number): number {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let offset = 12;
  for (let index = 0; index < view.getUint32(8, true); index++) {
    if (view.getUint32(offset, true) === wanted) return offset + 12;
    offset += 12 + Number(view.getBigUint64(offset + 4, true));
  }
  throw new Error(`no section ${wanted}`);
}
