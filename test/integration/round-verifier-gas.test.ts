import { expect, it } from "vitest";
import { measureVerifierGas } from "../../bench/gas/verifier-gas.ts";
import { COMPILE_TIMEOUT_MS } from "./round-verifier-chain.ts";

/** The file is under review: whoever changes the contracts writes it anew with `vitest -u` and says why in the commit. */
it("costs the gas that was last reviewed", { timeout: COMPILE_TIMEOUT_MS }, async () => {
  const rows = await measureVerifierGas();

  await expect(`${JSON.stringify(rows, null, 2)}\n`).toMatchFileSnapshot(
    "snapshots/round-verifier-gas.json",
  );
});
