import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { VerifierSetup } from "../adapters/chain/deploy.ts";
import { trust8KeyBytecode } from "../adapters/chain/generated/bytecode/trust8-key.ts";
import { trust16KeyBytecode } from "../adapters/chain/generated/bytecode/trust16-key.ts";
import {
  DEVELOPMENT_KEY_WARNING,
  DEVELOPMENT_TAU,
  DEVELOPMENT_TAU_G2,
} from "../adapters/curve/development-tau.ts";

/** The setup that comes with the repository. Its secret is public: whoever knows it can prove anything. */
export function developmentSetup(): VerifierSetup {
  const { x, y } = DEVELOPMENT_TAU_G2;
  return {
    // The EVM's precompile takes imaginary parts first.
    tauG2: { x: [x[1], x[0]], y: [y[1], y[0]] },
    isDevelopment: true,
    label: DEVELOPMENT_KEY_WARNING,
    checksum: `0x${bytesToHex(keccak_256(utf8ToBytes(DEVELOPMENT_TAU.toString())))}`,
    keys: [
      { name: "Trust8Key", bytecode: trust8KeyBytecode },
      { name: "Trust16Key", bytecode: trust16KeyBytecode },
    ],
  };
}
