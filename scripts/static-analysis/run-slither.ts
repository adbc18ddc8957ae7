import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { REVIEWED_FINDINGS } from "./reviewed-findings.ts";
import { soliditySources } from "./solidity-sources.ts";

/** A finding, and why it stays when it was reviewed. */
export interface Finding {
  readonly check: string;
  readonly impact: "High" | "Medium" | "Low";
  /** `Contract.function`. */
  readonly place: string;
  readonly description: string;
  readonly reviewed: string | undefined;
}

interface SlitherElement {
  readonly type: string;
  readonly name: string;
  readonly type_specific_fields?: { readonly parent?: SlitherElement };
}
interface SlitherJson {
  readonly results: {
    readonly detectors?: readonly {
      readonly check: string;
      readonly impact: Finding["impact"];
      readonly description: string;
      readonly elements: readonly SlitherElement[];
    }[];
  };
}

/** True when Slither (Trail of Bits; a Python package) is on the path. */
export const isSlitherInstalled = (): boolean => spawnSync("slither", ["--version"]).status === 0;

/** The compiler from npm under the command-line interface of the native one, which Slither calls. */
function compilerProgram(): string {
  const solc = createRequire(import.meta.url).resolve("solc");
  return `#!${process.execPath}
const solc = require(${JSON.stringify(solc)});
if (process.argv.includes("--version")) console.log("solc\\nVersion: " + solc.version());
else process.stdout.write(solc.compile(require("node:fs").readFileSync(0, "utf8")));
`;
}

/** Analyses all contracts with Slither, about a minute; findings in libraries of others are left out. */
export function runSlither(): Finding[] {
  const folder = mkdtempSync(join(tmpdir(), "commonweight-slither-"));
  try {
    const sources = soliditySources();
    for (const [path, content] of sources) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const input = {
      language: "Solidity",
      sources: Object.fromEntries([...sources].map(([path, content]) => [path, { content }])),
      settings: {
        viaIR: true,
        optimizer: { enabled: true, runs: 1000 },
        outputSelection: {
          "*": {
            "*": ["abi", "metadata", "evm.bytecode", "evm.deployedBytecode", "userdoc", "devdoc"],
            "": ["ast"],
          },
        },
      },
    };
    writeFileSync(join(folder, "input.json"), JSON.stringify(input));
    const compiler = join(folder, "solc");
    writeFileSync(compiler, compilerProgram());
    chmodSync(compiler, 0o755);
    const { stderr } = spawnSync(
      "slither",
      [
        ...["input.json", "--compile-force-framework", "solc-json", "--solc", compiler],
        ...["--exclude-informational", "--exclude-optimization"],
        ...["--filter-paths", "@openzeppelin", "--json", "slither.json"],
      ],
      {
        cwd: folder,
        encoding: "utf8",
        maxBuffer: 2 ** 28,
        env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
      },
    );
    const report = join(folder, "slither.json");
    if (!existsSync(report)) throw new Error(`slither left no report:\n${stderr.slice(-2000)}`);
    const { results } = JSON.parse(readFileSync(report, "utf8")) as SlitherJson;
    return (results.detectors ?? []).map(({ check, impact, description, elements }) => {
      const place = placeOf(elements);
      const known = REVIEWED_FINDINGS[check];
      const reviewed = known?.functions.includes(place) ? known.reason : undefined;
      return { check, impact, place, description: description.trim(), reviewed };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function placeOf(elements: readonly SlitherElement[]): string {
  for (const element of elements) {
    const parent = element.type_specific_fields?.parent;
    if (element.type === "function") return `${parent?.name}.${element.name}`;
    if (parent?.type === "function") {
      return `${parent.type_specific_fields?.parent?.name}.${parent.name}`;
    }
  }
  return elements[0]?.name ?? "";
}
