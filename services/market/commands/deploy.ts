import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { selectedNetwork } from "../../adapters/config/config.ts";
import { confirm } from "../../command-line/ask.ts";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { addKeystoreOption, readSigningKey } from "../../command-line/signing-key.ts";

/** Adds `commonweight deploy`. */
export const register: RegisterCommand = (parent, context) => {
  addKeystoreOption(parent.command("deploy"))
    .description("deploy a market with the DEVELOPMENT setup: for trying out, not for real money")
    .option("--yes", "do not ask")
    .addHelpText(
      "after",
      "\nWrites deployment.json and commonweight.config.json to the --state folder.\nThe secret of the development setup is public: whoever knows it can prove anything.\n\nExample:\n  commonweight deploy --rpc-url http://127.0.0.1:8545 --keystore owner.json --state ./market",
    )
    .action(
      context.action(async (invocation) => {
        const { config, terminal, progress, signal } = invocation;
        const { connectDeployer } = await import("../../adapters/chain/connect-deployer.ts");
        const { deploymentJson, deployMarket } = await import("../../adapters/chain/deploy.ts");
        const { developmentSetup } = await import("../development-setup.ts");
        const network = selectedNetwork(config);
        const setup = developmentSetup();
        terminal.writeMessage(`WARNING: ${setup.label}`);
        const privateKey = await readSigningKey(invocation);
        const { signer, chainId, close } = await connectDeployer({
          rpcUrl: network.rpcUrl,
          privateKey,
          ...(network.chainId === undefined ? {} : { chainId: BigInt(network.chainId) }),
        });
        try {
          await confirm(
            invocation,
            `Deploy a market whose proofs anybody can forge to chain ${chainId} (${network.rpcUrl})?`,
          );
          const deployment = await deployMarket({
            signer,
            verifier: setup,
            signal,
            onProgress: (contract, address) => progress(`${contract} is at ${address}`),
          });
          const { market, wrappedNative, deployBlock } = deployment.addresses;
          const written = {
            network: network.name,
            networks: {
              [network.name]: {
                rpcUrl: network.rpcUrl,
                chainId: Number(chainId),
                ...{ market, wrappedNative, deployBlock },
              },
            },
          };
          const configPath = join(config.stateFolder, "commonweight.config.json");
          await mkdir(config.stateFolder, { recursive: true });
          await writeFile(join(config.stateFolder, "deployment.json"), deploymentJson(deployment));
          await writeFile(configPath, `${JSON.stringify(written, null, 2)}\n`);
          return {
            data: { ...deployment, configPath, isDevelopment: true },
            text: [
              `market         ${market}`,
              `configuration  ${configPath}`,
              `setup          ${setup.label}`,
              "",
              `Use it with --config ${configPath}`,
            ].join("\n"),
          };
        } finally {
          close();
        }
      }),
    );
};
