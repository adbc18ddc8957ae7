import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type FaultKind, type FaultyMarket, someTrainer } from "./faulty-market.ts";
import { MACHINE_KINDS } from "./machine-kinds.ts";

const DOWN_MS = 4000;

async function crash(faulty: FaultyMarket, name: string, meanwhile = () => {}): Promise<void> {
  await faulty.market.kill(name);
  meanwhile();
  await faulty.wait(faulty.random(DOWN_MS));
  await faulty.beforeRestart;
  await faulty.market.restart(name);
}

/** Writes nonsense over the middle of a file. */
function damage(path: string): void {
  const bytes = readFileSync(path);
  bytes.fill(0xa5, Math.floor(bytes.length / 3), Math.floor((2 * bytes.length) / 3));
  writeFileSync(path, bytes);
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Every kind, in the order in which they are drawn from. */
export const FAULT_KINDS: readonly FaultKind[] = [
  {
    name: "kill-aggregator",
    text: "kill -9 of the aggregator in charge",
    inject: (faulty) => crash(faulty, "aggregator"),
  },
  {
    name: "kill-standby",
    text: "kill -9 of the standby",
    inject: (faulty) => crash(faulty, "standby"),
  },
  {
    name: "kill-referee",
    text: "kill -9 of the owner's referee",
    inject: (faulty) => crash(faulty, "referee"),
  },
  {
    name: "kill-trainer",
    text: "kill -9 of a trainer",
    inject: (faulty) => crash(faulty, someTrainer(faulty)),
  },
  {
    name: "damaged-database",
    text: "the aggregator is killed, and a third of its database is nonsense when it returns",
    inject: (faulty) =>
      crash(faulty, "aggregator", () => {
        damage(join(faulty.stateFolder, "aggregator", "aggregator.sqlite"));
      }),
  },
  {
    name: "damaged-blocks",
    text: "the aggregator is killed, and every third block of its IPFS node is nonsense when it returns",
    inject: (faulty) =>
      crash(faulty, "aggregator", () => {
        const blocks = filesBelow(join(faulty.stateFolder, "aggregator", "ipfs", "blocks"));
        for (const path of blocks.filter((_, index) => index % 3 === 0)) damage(path);
      }),
  },
  {
    name: "slow-trainer",
    text: "a trainer stands still for eight seconds",
    inject: (faulty) => faulty.market.freeze(someTrainer(faulty), 8000),
  },
  {
    name: "cut-off-aggregator",
    text: "the aggregator stands still for eight seconds: nobody reaches it, and it reaches nobody",
    inject: (faulty) => faulty.market.freeze("aggregator", 8000),
  },
  {
    name: "silent-node",
    text: "the chain's node does not answer for six seconds",
    inject: (faulty) => faulty.market.freeze("chain", 6000),
  },
  {
    name: "clock-jump",
    text: "the chain's clock jumps by twenty seconds",
    inject: async ({ market }) => {
      await market.chain.provider.send("evm_increaseTime", [20]);
    },
  },
  ...MACHINE_KINDS,
];

/** What a crash can happen during: these leave alone which processes run. */
const SURROUNDINGS = [
  "full-disk",
  "silent-node",
  "clock-jump",
  "reorganisation",
  "partition-aggregator",
];
const CRASHES = [
  "kill-aggregator",
  "kill-standby",
  "kill-referee",
  "kill-trainer",
  "damaged-database",
];

/** Two misfortunes at once, of which one kills a process: a crash while the disk is full, while the chain is reorganised. */
export const FAULT_PAIRS: readonly FaultKind[] = SURROUNDINGS.flatMap((around) =>
  CRASHES.map((crashed) => pairOf(kindOf(around), kindOf(crashed))),
);

function kindOf(name: string): FaultKind {
  const found = FAULT_KINDS.find((kind) => kind.name === name);
  if (found === undefined) throw new RangeError(`no fault is called ${name}`);
  return found;
}

function pairOf(around: FaultKind, crashed: FaultKind): FaultKind {
  return {
    name: `${around.name}+${crashed.name}`,
    text: `${around.text}; meanwhile: ${crashed.text}`,
    inject: async (faulty) => {
      const surrounded = around.inject(faulty);
      const waiting = around.name === "full-disk" ? { beforeRestart: surrounded } : {};
      await Promise.all([surrounded, crashed.inject({ ...faulty, ...waiting })]);
    },
  };
}
