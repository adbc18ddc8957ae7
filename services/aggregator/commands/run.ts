import { join } from "node:path";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { addCompareOption } from "../../command-line/compare-option.ts";
import { eventPrinter } from "../../command-line/event-lines.ts";
import { addKeepingOptions, readKeeping } from "../../command-line/keeping-options.ts";
import { awaitMarket } from "../../command-line/market-connection.ts";
import { parseAddress } from "../../command-line/parse-address.ts";
import { parseCount, parsePositive } from "../../command-line/parse-count.ts";
import { parsePort } from "../../command-line/parse-port.ts";
import { addKeystoreOption, readSigningKey } from "../../command-line/signing-key.ts";

const collectAddress = (text: string, others: readonly string[] = []): readonly string[] => [
  ...others,
  parseAddress(text),
];

/** Adds `commonweight aggregator run`. */
export const register: RegisterCommand = (parent, context) => {
  const command = addCompareOption(addKeystoreOption(parent.command("run")))
    .description("open rounds, prove and settle them, until stopped")
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--port <number>", "port to listen on; 0 picks one", parsePort, 8600)
    .option("--public-url <url>", "URL under which others reach this service")
    .option(
      "--public-rpc-url <url>",
      "node that others are told of, when this service's own address holds a key",
    )
    .option(
      "--serve-token <address>",
      "work only for projects that pay in this token; may be repeated",
      collectAddress,
    )
    .option(
      "--serve-owner <address>",
      "work only for this owner's projects; may be repeated",
      collectAddress,
    );
  addKeepingOptions(command)
    .option("--payout <address>", "cold address that fees go to", parseAddress)
    .option(
      "--replace-encryption-key",
      "the registered key is lost: register the one of the state folder",
    )
    .option("--srs <file>", "powers of tau of the network's ceremony (.ptau)")
    .option("--web <folder>", "serve the web page, of these files: npm run web writes web/dist")
    .option("--threads <number>", "threads for proofs", parseCount)
    .option("--max-fee-gwei <number>", "never pay more for a unit of gas", parsePositive, 300)
    .addHelpText(
      "after",
      "\nThe key is read from --keystore or COMMONWEIGHT_PRIVATE_KEY.\n\nExample:\n  commonweight aggregator run --port 8600 --state ./aggregator",
    )
    .action(
      context.action(async (invocation) => {
        const { options, config, signal } = invocation;
        const { createHpkeEnvelope } = await import("../../adapters/envelope/hpke-envelope.ts");
        const { loadEncryptionKeys } = await import("../../adapters/envelope/key-file.ts");
        const { startAggregator } = await import("../aggregator-service.ts");
        const { serviceLine } = await import("../service-lines.ts");
        const print = eventPrinter(invocation, serviceLine);
        const service = await startAggregator(
          {
            ...(await awaitMarket(invocation, ({ code, message }) =>
              print({ type: "failed", code, message }),
            )),
            privateKey: await readSigningKey(invocation),
            encryptionKeys: await loadEncryptionKeys(
              join(config.stateFolder, "encryption-key.json"),
              createHpkeEnvelope(),
            ),
            isKeyReplaced: options.replaceEncryptionKey === true,
            stateFolder: config.stateFolder,
            cacheFolder: config.cacheFolder,
            host: String(options.host),
            port: Number(options.port),
            publicUrl: options.publicUrl as string | undefined,
            publicRpcUrl: options.publicRpcUrl as string | undefined,
            serving: {
              tokens: options.serveToken as readonly string[] | undefined,
              owners: options.serveOwner as readonly string[] | undefined,
            },
            keeping: readKeeping(invocation),
            payoutAddress: options.payout as string | undefined,
            srsPath: options.srs as string | undefined,
            webFolder: options.web as string | undefined,
            threads: options.threads === undefined ? undefined : Number(options.threads),
            maxFeePerGasWei: BigInt(Math.round(Number(options.maxFeeGwei) * 1e9)),
            ipfsListen: config.ipfs.listen,
            ipfsDial: config.ipfs.bootstrap,
            ipfsDht: config.ipfs.dht,
          },
          print,
        );
        const { url, account, multiaddrs } = service;
        print({ type: "ready", url, account, multiaddrs });
        await new Promise<void>((resolve) => {
          if (signal.aborted) resolve();
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
        await service.stop();
        return { data: { type: "stopped", url }, text: "stopped" };
      }),
    );
};
