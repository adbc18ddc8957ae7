import { expect, it } from "vitest";
import { toWalletError } from "../../web/wallet/wallet-errors.ts";

it.each([
  ["a no in the wallet", { code: 4001 }, "CW7010"],
  ["a no that ethers tells", { code: "ACTION_REJECTED" }, "CW7010"],
  ["a network that it does not know", { code: 4902 }, "CW7013"],
  ["a failure of its own", { code: -32_603, message: "x".repeat(1000) }, "CW7012"],
  ["nothing at all", undefined, "CW7012"],
])("%s is told in our words, and no longer than a message may be", (_, cause, code) => {
  const error = toWalletError(cause, "sending");

  expect(error.code).toBe(code);
  expect(error.message.length).toBeLessThan(320);
  expect(toWalletError(error, "again")).toBe(error);
});
