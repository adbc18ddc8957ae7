/**
 * `node test/web/empty-market-process.ts`: a chain with a market and nobody in it, until its parent ends. Prints
 * `{"rpcUrl": …, "addresses": …}`. A process of its own, because the chain needs Node's globals and component tests have a browser's.
 */
import { connectSigner } from "../../services/adapters/chain/accounts/connect-signer.ts";
import { developmentAccounts } from "../../services/adapters/chain/accounts/development-accounts.ts";
import { deployMarket } from "../../services/adapters/chain/deploy.ts";
import {
  DEVELOPMENT_MNEMONIC,
  startEmbeddedChain,
} from "../../services/adapters/embedded-chain.ts";
import { developmentSetup } from "../../services/market/development-setup.ts";

const node = await startEmbeddedChain({ accountCount: 1 });
const [deployer] = developmentAccounts(DEVELOPMENT_MNEMONIC, 1);
const key = deployer?.privateKey as string;
const { signer, close } = connectSigner(node.rpcUrl, node.chainId, key);
const { addresses } = await deployMarket({ signer, verifier: developmentSetup() });
close();
process.stdin.once("close", () => process.exit()).resume();
process.stdout.write(`${JSON.stringify({ rpcUrl: node.rpcUrl, addresses })}\n`);
