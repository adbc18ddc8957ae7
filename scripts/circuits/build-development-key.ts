import { zKey } from "snarkjs";
import { DEVELOPMENT_KEY_WARNING } from "../../services/adapters/curve/development-tau.ts";
import type { CircuitEntry } from "./circuit-table.ts";
import { compileCircuit, ruleProgram } from "./compile-circuit.ts";
import { DEVELOPMENT_BEACON, DEVELOPMENT_SECRETS } from "./development-secrets.ts";
import { developmentZkey } from "./development-zkey.ts";
import { installKey, readBelowRoot } from "./install-key.ts";
import { readR1cs } from "./r1cs.ts";

/** Compiles a rule's circuit where its build files are kept, out of git. */
export function compileRule(circuit: CircuitEntry) {
  return compileCircuit({
    name: circuit.name,
    folder: `cache/circuits/${circuit.name}`,
    text: ruleProgram(circuit.template, circuit.slots),
  });
}

/**
 * Compiles a circuit and makes its development key: initial key from public secrets, then one contribution from a public
 * beacon. Everything is a function of the sources, so the same key comes out anywhere.
 */
export async function buildDevelopmentKey(
  circuit: CircuitEntry,
  log: (line: string) => void,
): Promise<void> {
  const startedAt = performance.now();
  const step = (what: string) =>
    log(`${circuit.name}: ${what} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
  const compiled = await compileRule(circuit);
  const r1csBytes = await readBelowRoot(compiled.r1cs);
  const r1cs = readR1cs(r1csBytes);
  step(`compiled, ${r1cs.constraints.length} constraints`);

  const initial = await developmentZkey(r1cs, DEVELOPMENT_SECRETS);
  step("initial key");
  const final = { type: "mem" as const, data: new Uint8Array() };
  await zKey.beacon(initial, final, "commonweight development", DEVELOPMENT_BEACON, 10);
  step("contribution");

  await installKey({
    circuit,
    zkey: final.data,
    wasm: await readBelowRoot(compiled.wasm),
    r1cs: r1csBytes,
    isDevelopment: true,
    label: DEVELOPMENT_KEY_WARNING,
  });
  step("installed");
}
