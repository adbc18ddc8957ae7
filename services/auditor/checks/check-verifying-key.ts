import { DEVELOPMENT_TAU_G2 } from "../../adapters/curve/development-tau.ts";
import { isDevelopmentKey } from "../../adapters/snark/development-key.ts";
import type { VerifyingKeyJson } from "../../adapters/snark/verify-rule.ts";
import type { G2Point } from "../../protocol/curve.ts";
import type { AuditCheck } from "../audit-check.ts";
import { type ChainSetup, isSameKey } from "../evidence/chain-setup.ts";

/** True when two points are the same. */
export const isSameTau = (one: G2Point, other: G2Point) =>
  [0, 1].every((i) => one.x[i] === other.x[i] && one.y[i] === other.y[i]);

/**
 * Compares the contract's verifying key with the published one. A development key behind a contract that says it has none fails even when
 * there is nothing to compare with: the contract recognises public powers of tau, not public keys of circuits.
 *
 * @param published Null when there is none.
 * @param missing Why there is none.
 */
export function checkVerifyingKey(
  published: VerifyingKeyJson | null,
  setup: ChainSetup,
  missing = "nothing published to compare with",
): AuditCheck {
  const name = "verifying key";
  if (!setup.isDevelopment && isDevelopmentKey(setup.verifyingKey)) {
    const detail = `the secret of the contract's key is public, so these proofs prove nothing, though the contract says otherwise (${setup.label})`;
    return { name, isPassed: false, detail };
  }
  if (published === null) return { name, isPassed: null, detail: missing };
  const isPassed = isSameKey(published, setup.verifyingKey);
  const detail = isPassed
    ? `the contract's key is the published one (${setup.label})`
    : "the contract's key is not the published one";
  return { name, isPassed, detail };
}

/** Compares the contract's powers of tau with the development ones, whose secret everybody knows. */
export function checkDevelopmentPowers(setup: ChainSetup): AuditCheck {
  const name = "powers of tau";
  if (!setup.isDevelopment) {
    const detail = "give the ceremony's file with --srs to compare it with the contract";
    return { name, isPassed: null, detail };
  }
  const isPassed = isSameTau(DEVELOPMENT_TAU_G2, setup.tauG2);
  const detail = isPassed
    ? "the contract has the development powers, whose secret is public: these proofs prove nothing"
    : "the contract says that it is a development setup, and has other powers";
  return { name, isPassed, detail };
}
