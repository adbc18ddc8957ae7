import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { SCALAR_FIELD } from "../../protocol/curve.ts";

/** What every screen says about anything made with {@link DEVELOPMENT_TAU}. */
export const DEVELOPMENT_KEY_WARNING = "development key: its secret is public, not for real money";

/**
 * The secret of the development setup, known to everybody, so that powers of any size can be made anywhere.
 * Whoever knows tau can open a commitment to anything: a real network uses a public ceremony file.
 */
export const DEVELOPMENT_TAU: bigint =
  BigInt(
    `0x${bytesToHex(
      keccak_256(utf8ToBytes("commonweight development powers of tau, secret known to everybody")),
    )}`,
  ) % SCALAR_FIELD;
