import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectSigner } from "../../services/adapters/chain/accounts/connect-signer.ts";
import { developmentAccounts } from "../../services/adapters/chain/accounts/development-accounts.ts";
import { type Chain, connectChain } from "../../services/adapters/chain/connect.ts";
import { deployMarket } from "../../services/adapters/chain/deploy.ts";
import { DEVELOPMENT_MNEMONIC } from "../../services/adapters/embedded-chain.ts";
import { createHpkeEnvelope } from "../../services/adapters/envelope/hpke-envelope.ts";
import { startAggregator } from "../../services/aggregator/aggregator-service.ts";
import { developmentSetup } from "../../services/market/development-setup.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A chain with a market and one aggregator that serves the page: all that posting takes. */
export interface PostingMarket {
  readonly url: string;
  readonly rpcUrl: string;
  readonly chain: Chain;
  readonly aggregator: string;
  /** An account of the chain with nothing but coins, whose key the node has. */
  readonly owner: string;
  /** Further accounts like it. */
  readonly others: readonly string[];
  stop(): Promise<void>;
}

function readyLine(process: ChildProcess): Promise<{ rpcUrl: string; chainId: number }> {
  return new Promise((resolve, reject) => {
    let text = "";
    process.stdout?.on("data", (chunk: Buffer) => {
      text += chunk;
      const line = text.split("\n").find((each) => each.includes('"ready"'));
      if (line !== undefined) resolve(JSON.parse(line));
    });
    process.once("exit", (code) => reject(new RangeError(`the chain ended with ${code}`)));
  });
}

/** Starts it; the page must be built in `web/dist`. @throws RangeError when the chain does not start */
export async function startPostingMarket(): Promise<PostingMarket> {
  const folder = await mkdtemp(join(tmpdir(), "web-post-"));
  const node = spawn(process.execPath, ["services/market/chain-process.ts", "0", "8"], {
    ...{ cwd: root, stdio: ["ignore", "pipe", "inherit"] },
  });
  const { rpcUrl, chainId } = await readyLine(node);
  const accounts = developmentAccounts(DEVELOPMENT_MNEMONIC, 8);
  const [deployer, aggregator, owner] = accounts as [
    (typeof accounts)[0],
    (typeof accounts)[0],
    (typeof accounts)[0],
  ];
  const { signer, close } = connectSigner(rpcUrl, chainId, deployer.privateKey);
  const { addresses } = await deployMarket({ signer, verifier: developmentSetup() });
  close();
  const service = await startAggregator(
    {
      ...{ rpcUrl, addresses, privateKey: aggregator.privateKey },
      encryptionKeys: await createHpkeEnvelope().generateKeyPair(),
      ...{ stateFolder: join(folder, "state"), cacheFolder: join(root, "cache") },
      ...{ host: "127.0.0.1", port: 0, ipfsListen: ["/ip4/127.0.0.1/tcp/0"] },
      webFolder: join(root, "web/dist"),
      threads: 1,
      keeping: { rounds: 20, endedSeconds: 86_400, collectEveryMs: undefined },
    },
    () => {},
  );
  const chain = await connectChain({ rpcUrl, addresses });
  return {
    ...{ url: service.url, rpcUrl, chain },
    aggregator: service.account,
    owner: owner.address,
    others: accounts.slice(3).map(({ address }) => address),
    stop: async () => {
      chain.close();
      await service.stop();
      const ended = new Promise((resolve) => node.once("exit", resolve));
      node.kill("SIGINT");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
