import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { connectDeployer } from "../../services/adapters/chain/accounts/connect-deployer.ts";
import {
  deployMarket,
  deploymentJson,
  type VerifierSetup,
} from "../../services/adapters/chain/deploy.ts";
import { DEVELOPMENT_ALPHA } from "../../services/adapters/snark/development-key.ts";
import { showFailure } from "../../services/command-line/failure.ts";
import { developmentSetup } from "../../services/market/development-setup.ts";
import { refuseRealChain } from "../../services/market/test-chains.ts";
import { readArguments, refuseArguments } from "../script-arguments.ts";

const coordinate = z
  .string()
  .regex(/^[0-9]+$/)
  .transform(BigInt);
const setupSchema = z.strictObject({
  tauG2: z.strictObject({
    x: z.tuple([coordinate, coordinate]),
    y: z.tuple([coordinate, coordinate]),
  }),
  label: z.string().min(1),
  checksum: z.string().regex(/^0x[0-9a-f]{64}$/),
  keys: z
    .array(z.strictObject({ name: z.string(), bytecode: z.string().regex(/^0x[0-9a-f]+$/) }))
    .min(1),
});

/** As it stands in the code of every development key. */
const DEVELOPMENT_ALPHA_HEX = DEVELOPMENT_ALPHA.x.toString(16).padStart(64, "0");

const USAGE = `npm run deploy-market: deploys a whole market to any network with the BN254 precompiles, by JSON-RPC.

  npm run deploy-market -- --rpc-url <url> --key-file <file> --out <file> [--setup <file>] [--chain-id <n>]

  --key-file  a file that holds nothing but the deployer's private key; the deployer pays and has no rights afterwards
  --out       JSON with the addresses and the constructor arguments of every contract; what other commands read
  --setup     JSON of a ceremony: { tauG2, label, checksum, keys: [{ name, bytecode }] }; without it the
              development setup, whose secret is public, and which is refused on chains that hold real money`;

/** Ends the program with what went wrong and the way out; 2 for a command line that is wrong. */
function fail(message: string, exitCode: 1 | 2): never {
  console.error(message);
  process.exit(exitCode);
}
const words = (error: unknown) => showFailure(error, { isJson: false, isVerbose: false }).text;

const text = { type: "string" } as const;
const { values } = readArguments(USAGE, {
  options: { "rpc-url": text, "key-file": text, "chain-id": text, setup: text, out: text },
});
const { "rpc-url": rpcUrl, "key-file": keyFile, out } = values;
if (rpcUrl === undefined || keyFile === undefined || out === undefined) {
  refuseArguments("it needs --rpc-url, --key-file and --out", USAGE);
}

function readSetup(chainId: bigint): VerifierSetup {
  if (values.setup !== undefined) {
    const setup = setupSchema.parse(JSON.parse(readFileSync(values.setup, "utf8")));
    const known = setup.keys.find(({ bytecode }) => bytecode.includes(DEVELOPMENT_ALPHA_HEX));
    if (known !== undefined) {
      throw new Error(
        `${known.name} of ${values.setup} is a development key: its secret is public`,
      );
    }
    return { ...setup, isDevelopment: false };
  }
  refuseRealChain(chainId);
  return developmentSetup();
}

if (existsSync(out))
  fail(`${out} exists: it describes an earlier deployment, so move it away first`, 2);
const deployer = await (async () => {
  const privateKey = readFileSync(keyFile, "utf8").trim();
  const chainId = values["chain-id"];
  return connectDeployer({
    ...{ rpcUrl, privateKey },
    ...(chainId === undefined ? {} : { chainId: BigInt(chainId) }),
  });
})().catch((error: unknown) => fail(words(error), 1));
try {
  const setup = readSetup(deployer.chainId);
  if (setup.isDevelopment) console.warn(`WARNING: ${setup.label}`);
  const deployment = await deployMarket({
    signer: deployer.signer,
    verifier: setup,
    onProgress: (name, address) => console.log(`${address}  ${name}`),
  });
  writeFileSync(out, deploymentJson(deployment));
  console.log(
    `market ${deployment.addresses.market} on chain ${deployment.chainId}; written to ${out}`,
  );
} catch (error) {
  console.error(words(error));
  process.exitCode = 1;
} finally {
  deployer.close();
}
