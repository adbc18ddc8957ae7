import { expect, it } from "vitest";
import { readVerifyingKey } from "../../../services/adapters/artifacts/circuit-artifacts.ts";
import { DEVELOPMENT_TAU_G2 } from "../../../services/adapters/curve/development-tau.ts";
import type { VerifyingKeyJson } from "../../../services/adapters/snark/verify-rule.ts";
import { checkVerifyingKey } from "../../../services/auditor/checks/check-verifying-key.ts";

const published = (await readVerifyingKey(1, 8)) as VerifyingKeyJson;
const development = {
  verifyingKey: published,
  tauG2: DEVELOPMENT_TAU_G2,
  isDevelopment: true,
  label: "a label",
  checksum: `0x${"00".repeat(32)}`,
};
const ceremonyKey = { ...published, vk_alpha_1: ["1", "2", "1"] };
const ceremony = { ...development, isDevelopment: false, verifyingKey: ceremonyKey };

it("passes a contract that has the published key, of a development setup or of a ceremony", () => {
  expect(checkVerifyingKey(published, development).isPassed).toBe(true);
  expect(checkVerifyingKey(ceremonyKey, ceremony).isPassed).toBe(true);
});

it("fails a contract that has another key than the published one", () => {
  expect(checkVerifyingKey(published, ceremony).isPassed).toBe(false);
});

it("fails a development key behind a contract that denies it, published or not", () => {
  const denied = { ...development, isDevelopment: false };

  for (const known of [published, ceremonyKey, null]) {
    expect(checkVerifyingKey(known, denied)).toMatchObject({
      isPassed: false,
      detail: expect.stringContaining("secret of the contract's key is public"),
    });
  }
});

it("says why it could not compare", () => {
  expect(checkVerifyingKey(null, ceremony, "no such key here")).toEqual({
    name: "verifying key",
    isPassed: null,
    detail: "no such key here",
  });
});
