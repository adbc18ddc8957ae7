import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { CONFIG_FILE_NAME, selectedNetwork } from "../../adapters/config/config.ts";
import { makeFolder } from "../../adapters/make-folder.ts";
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
      "\nWrites the market into commonweight.config.json of the current folder, where other commands find it, and every address and\nchecksum into deployment.json of the --state folder.\nThe secret of the development setup is public: whoever knows it can prove anything.\n\nExample:\n  commonweight deploy --rpc-url http://127.0.0.1:8545 --keystore owner.json",
    )
    .action(
      context.action(async (invocation) => {
        const { config, options, environment, terminal, progress, signal } = invocation;
        const { connectDeployer } = await import(
          "../../adapters/chain/accounts/connect-deployer.ts"
        );
        const { deploymentJson, deployMarket } = await import("../../adapters/chain/deploy.ts");
        const { writeNetwork } = await import("../../adapters/config/write-network.ts");
        const { developmentSetup } = await import("../development-setup.ts");
        const { refuseRealChain } = await import("../test-chains.ts");
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
          refuseRealChain(chainId);
          // Before gas is spent: what was deployed is written there.
          makeFolder(config.stateFolder);
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
          const configPath = resolve(
            String(options.config ?? environment.COMMONWEIGHT_CONFIG ?? CONFIG_FILE_NAME),
          );
          const networkName = writeNetwork(
            configPath,
            (options.network ?? environment.COMMONWEIGHT_NETWORK) as string | undefined,
            {
              ...{ rpcUrl: network.rpcUrl, chainId: Number(chainId) },
              ...{ market, wrappedNative, deployBlock },
            },
          );
          await writeFile(join(config.stateFolder, "deployment.json"), deploymentJson(deployment));
          return {
            data: { ...deployment, configPath, isDevelopment: true },
            text: [
              `market         ${market}`,
              `network        "${networkName}" of ${configPath}`,
              `setup          ${setup.label}`,
              "",
              "Commands that are run in that file's folder find the market by themselves.",
            ].join("\n"),
          };
        } finally {
          close();
        }
      }),
    );
};
