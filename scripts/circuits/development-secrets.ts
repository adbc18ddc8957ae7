import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { DEVELOPMENT_TAU } from "../../services/adapters/curve/development-tau.ts";
import { SCALAR_FIELD } from "../../services/protocol/curve.ts";
import type { SetupSecrets } from "./groth16-exponents.ts";

function publicSecret(part: string): bigint {
  const text = `commonweight development ${part}, secret known to everybody`;
  return BigInt(`0x${bytesToHex(keccak_256(utf8ToBytes(text)))}`) % SCALAR_FIELD;
}

/** The secrets of every development key, known to everybody: the same circuit gives the same key anywhere. */
export const DEVELOPMENT_SECRETS: SetupSecrets = {
  tau: DEVELOPMENT_TAU,
  alpha: publicSecret("alpha"),
  beta: publicSecret("beta"),
};

/** The random beacon of the one contribution to a development key: public, so that delta is known to everybody too. */
export const DEVELOPMENT_BEACON = bytesToHex(
  keccak_256(utf8ToBytes("commonweight development contribution, secret known to everybody")),
);
