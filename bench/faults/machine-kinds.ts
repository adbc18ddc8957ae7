import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type DevelopmentAccount,
  developmentAccounts,
} from "../../services/adapters/chain/accounts/development-accounts.ts";
import { readParticipant } from "../../services/adapters/chain/projects/participant.ts";
import { readProject } from "../../services/adapters/chain/projects/project.ts";
import { CONFIG_FILE_NAME, processEnvironment } from "../../services/adapters/config/config.ts";
import { DEVELOPMENT_MNEMONIC } from "../../services/adapters/embedded-chain.ts";
import { createHpkeEnvelope } from "../../services/adapters/envelope/hpke-envelope.ts";
import { loadEncryptionKeys } from "../../services/adapters/envelope/key-file.ts";
import { type FaultKind, type FaultyMarket, someTrainer } from "./faulty-market.ts";

const HOUR_MS = 3_600_000;
const main = fileURLToPath(new URL("../../services/main.ts", import.meta.url));

/** The ports on which the chain and the aggregators' services answer: everything but the IPFS nodes. */
async function portsButIpfs({ market }: FaultyMarket): Promise<number[]> {
  const { chain, projectId, rpcUrl } = market;
  const { terms } = await readProject(chain, projectId);
  const aggregators = await Promise.all(
    terms.aggregators.map((each) => readParticipant(chain, each)),
  );
  return [rpcUrl, ...aggregators.map(({ endpoint }) => endpoint)].map((url) =>
    Number(new URL(url).port),
  );
}

/** Cuts a process's IPFS node off from all others, while it reaches the chain and every service. */
async function partition(faulty: FaultyMarket, name: string): Promise<void> {
  faulty.afflict(name, { openPorts: await portsButIpfs(faulty) });
  await faulty.wait(5000 + faulty.random(15_000));
  faulty.afflict(name);
}

/** Starts the aggregator with a key that is not its own, and waits until it has refused. @throws RangeError when it did not. */
async function requireRefusal(
  { stateFolder }: FaultyMarket,
  { privateKey }: DevelopmentAccount,
  code: string,
): Promise<void> {
  const child = spawn(
    process.execPath,
    [
      main,
      "aggregator",
      "run",
      "--json",
      "--port",
      "0",
      "--state",
      join(stateFolder, "aggregator"),
    ],
    {
      stdio: ["ignore", "ignore", "pipe"],
      env: {
        PATH: processEnvironment().PATH ?? "",
        NODE_NO_WARNINGS: "1",
        COMMONWEIGHT_CONFIG: join(stateFolder, CONFIG_FILE_NAME),
        COMMONWEIGHT_CACHE: join(stateFolder, "cache"),
        COMMONWEIGHT_PRIVATE_KEY: privateKey,
      },
    },
  );
  let said = "";
  child.stderr.on("data", (text: Buffer) => {
    said += text.toString();
  });
  const late = setTimeout(() => child.kill("SIGKILL"), 60_000);
  await once(child, "close");
  clearTimeout(late);
  if (!said.includes(code)) throw new RangeError(`no ${code} for a wrong key: ${said}`);
}

/** What happens to the chain, to machines and to those who run them. */
export const MACHINE_KINDS: readonly FaultKind[] = [
  {
    name: "reorganisation",
    text: "the chain is reorganised: all transactions of up to six seconds vanish",
    inject: async ({ market, random, wait, isOver }) => {
      const snapshot = await market.chain.provider.send("evm_snapshot", []);
      await wait(1000 + random(5000));
      // What has been audited must not vanish.
      if (!isOver()) await market.chain.provider.send("evm_revert", [snapshot]);
    },
  },
  {
    name: "partition-trainer",
    text: "a trainer's IPFS node is cut off from all others for 5 to 20 s; chain and services stay in reach",
    inject: (faulty) => partition(faulty, someTrainer(faulty)),
  },
  {
    name: "partition-aggregator",
    text: "the aggregator's IPFS node is cut off from all others for 5 to 20 s",
    inject: (faulty) => partition(faulty, "aggregator"),
  },
  {
    name: "wrong-clock",
    text: "a process returns with a clock that is an hour fast or slow, and after 8 s the clock is set right under it",
    inject: async (faulty) => {
      const { market, random, wait, afflict } = faulty;
      const name = ["aggregator", "referee", someTrainer(faulty)][random(3)] as string;
      afflict(name, { clockShiftMs: random(2) === 0 ? HOUR_MS : -HOUR_MS });
      await market.kill(name);
      await market.restart(name);
      await wait(8000);
      afflict(name);
    },
  },
  {
    name: "full-disk",
    text: "the disk of all processes is full for eight seconds",
    inject: async ({ fillDisk, wait }) => {
      const makeRoom = fillDisk();
      await wait(8000);
      makeRoom();
    },
  },
  {
    name: "wrong-key",
    text: "the aggregator is killed and returns with another account's key, then with other encryption keys, then with its own",
    inject: async (faulty) => {
      const { market, stateFolder } = faulty;
      const accounts = developmentAccounts(DEVELOPMENT_MNEMONIC, 10);
      await market.kill("aggregator");
      await requireRefusal(faulty, accounts[9] as DevelopmentAccount, "CW6550");
      const own = join(stateFolder, "aggregator", "encryption-key.json");
      const kept = join(stateFolder, "kept-key.json");
      copyFileSync(own, kept);
      rmSync(own);
      await loadEncryptionKeys(own, createHpkeEnvelope());
      await requireRefusal(faulty, accounts[3] as DevelopmentAccount, "CW5009");
      copyFileSync(kept, own);
      await market.restart("aggregator");
    },
  },
];
