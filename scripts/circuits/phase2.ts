import { copyFile, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { repositoryRoot } from "../repository.ts";
import { readArguments, refuseArguments } from "../script-arguments.ts";
import { compileRule } from "./build-development-key.ts";
import {
  applyBeacon,
  contribute,
  readTranscript,
  startCeremony,
  stepPath,
  verifyCeremony,
} from "./ceremony.ts";
import { readCircuitTable } from "./circuit-table.ts";
import { installKey, readBelowRoot } from "./install-key.ts";
import { sourceHash } from "./source-hash.ts";

const USAGE = `npm run circuits -- phase2 <step> --circuit <name> --folder <folder> [options]
  start       --powers <file.ptau>             initial key
  contribute  --name <who> [--entropy <text>]  one person's contribution
  beacon      --value <hex> [--exponent 10]    public randomness at the end
  verify      --powers <file.ptau>             check everything
  install     --powers <file.ptau> --label <what people read>`;

/** The second phase of a trusted setup, one step a call; see docs/trusted-setup.md. */
export async function runPhase2(
  args: readonly string[],
  log: (line: string) => void,
): Promise<void> {
  const { values, positionals } = readArguments(USAGE, {
    args: [...args],
    options: {
      circuit: { type: "string" },
      folder: { type: "string" },
      powers: { type: "string", default: "" },
      name: { type: "string", default: "" },
      entropy: { type: "string" },
      value: { type: "string", default: "" },
      exponent: { type: "string", default: "10" },
      label: { type: "string", default: "" },
    },
    allowPositionals: true,
  });
  const { folder } = values;
  const circuit = (await readCircuitTable()).find(({ name }) => name === values.circuit);
  if (circuit === undefined || folder === undefined) {
    refuseArguments(
      "phase2 needs --circuit, which npm run circuits -- --list lists, and --folder",
      USAGE,
    );
  }
  const files = {
    folder,
    r1csPath: join(folder, `${circuit.name}.r1cs`),
    powersPath: values.powers,
  };

  switch (positionals[0]) {
    case "start": {
      await compileInto(files.r1csPath);
      const started = await startCeremony(files, {
        name: circuit.name,
        sourceHash: await sourceHash(circuit),
      });
      log(`circuit hash ${started.steps[0]?.hash}`);
      return;
    }
    case "contribute": {
      if (values.name === "") refuseArguments("contribute needs --name", USAGE);
      const step = await contribute(folder, { name: values.name, entropy: values.entropy });
      log(`publish this: ${step.name} contributed ${step.hash}`);
      return;
    }
    case "beacon": {
      const iterationsExponent = Number(values.exponent);
      const step = await applyBeacon(folder, { valueHex: values.value, iterationsExponent });
      log(`beacon contributed ${step.hash}`);
      return;
    }
    case "verify":
      await requireValid();
      log("the key is valid");
      return;
    case "install": {
      if (values.label === "") refuseArguments("install needs --label", USAGE);
      await requireValid();
      const compiled = await compileInto(files.r1csPath);
      const { steps } = await readTranscript(folder);
      await installKey({
        circuit,
        zkey: new Uint8Array(await readFile(stepPath(folder, steps.length - 1))),
        wasm: await readBelowRoot(compiled.wasm),
        r1cs: await readBelowRoot(compiled.r1cs),
        isDevelopment: false,
        label: values.label,
      });
      log(`${circuit.name} installed: deploy a verifier with its new contract`);
      return;
    }
    default:
      refuseArguments(`there is no step "${positionals[0] ?? ""}"`, USAGE);
  }

  async function compileInto(path: string) {
    if (circuit === undefined) throw new Error(USAGE);
    const compiled = await compileRule(circuit);
    await mkdir(folder as string, { recursive: true });
    await copyFile(join(repositoryRoot, compiled.r1cs), path);
    return compiled;
  }

  async function requireValid(): Promise<void> {
    const reason = await verifyCeremony(files);
    if (reason !== null) throw new Error(`do not use this key: ${reason}`);
  }
}
