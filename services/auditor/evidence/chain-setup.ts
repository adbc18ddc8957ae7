import type { AtBlock } from "../../adapters/chain/at-block.ts";
import { type Chain, call } from "../../adapters/chain/connect.ts";
import type { VerifyingKeyJson } from "../../adapters/snark/verify-rule.ts";
import type { G1Point, G2Point } from "../../protocol/curve.ts";
import { setupLabel } from "../../protocol/setup-label.ts";

/** The proof system's setup as the verifier contract has it: the one that counts. */
export interface ChainSetup {
  readonly tauG2: G2Point;
  readonly verifyingKey: VerifyingKeyJson;
  /** True when the setup's secret is public, so that proofs under it prove nothing. */
  readonly isDevelopment: boolean;
  /** What the setup is, in words. */
  readonly label: string;
  /** Of the file that the setup comes from: 32 bytes of hex. */
  readonly checksum: string;
}

interface RawG2 {
  readonly x: readonly [bigint, bigint];
  readonly y: readonly [bigint, bigint];
}

// The EVM takes imaginary parts first.
const toG2 = ({ x, y }: RawG2): G2Point => ({ x: [x[1], x[0]], y: [y[1], y[0]] });
const g1Json = ({ x, y }: G1Point) => [`${x}`, `${y}`, "1"];
const g2Json = (raw: RawG2) => {
  const { x, y } = toG2(raw);
  return [x.map(String), y.map(String), ["1", "0"]];
};

/** Reads the setup for a rule and number of slots from the verifier contract. @throws CW2200-CW2201 */
export async function readChainSetup(
  chain: Chain,
  ruleId: number,
  slots: number,
  at: AtBlock = {},
): Promise<ChainSetup> {
  const [tauG2, key, isDevelopment, description] = await Promise.all([
    call<RawG2>(chain.verifier, "tauG2", at),
    call<{ alpha: G1Point; beta: RawG2; gamma: RawG2; delta: RawG2; ic: G1Point[] }>(
      chain.verifier,
      "verifyingKey",
      ruleId,
      slots,
      at,
    ),
    call<boolean>(chain.verifier, "isDevelopmentSetup", at),
    call<{ label: string; checksum: string }>(chain.verifier, "setupDescription", at),
  ]);
  return {
    tauG2: toG2(tauG2),
    verifyingKey: {
      vk_alpha_1: g1Json(key.alpha),
      vk_beta_2: g2Json(key.beta),
      vk_gamma_2: g2Json(key.gamma),
      vk_delta_2: g2Json(key.delta),
      IC: [...key.ic].map(g1Json),
    },
    isDevelopment,
    label: setupLabel(description.label),
    checksum: String(description.checksum),
  };
}

/** True when two keys are the same point by point, however they are written. */
export function isSameKey(one: VerifyingKeyJson, other: VerifyingKeyJson): boolean {
  const numbers = (key: VerifyingKeyJson) =>
    [key.vk_alpha_1, key.vk_beta_2, key.vk_gamma_2, key.vk_delta_2, key.IC]
      .flat(3)
      .map((value) => BigInt(value as string))
      .join();
  return numbers(one) === numbers(other);
}
