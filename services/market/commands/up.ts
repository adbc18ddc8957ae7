import { writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { runningMarketPath } from "../../adapters/config/running-market.ts";
import type { Invocation, RegisterCommand } from "../../command-line/command-context.ts";
import { toJson } from "../../command-line/json.ts";
import { readSigningKey } from "../../command-line/signing-key.ts";
import { untilAborted } from "../../command-line/until-aborted.ts";
import type { Market } from "../market.ts";
import { defaultMarketOptions as defaults } from "../market-plan.ts";
import type { TimedEvent } from "../view/market-state.ts";

const EXAMPLES = `
Attacks: sign-flip, noise, pure-noise, free-rider, shrink, stale-replay, stale-replay-noisy, inflated, now-and-then,
label-flip, scaling, sybil-duplicates, targeted-flip, backdoor (docs/robustness.md says what each does)

Examples:
  commonweight up
  commonweight up --rounds 2 --model logistic --exit --json report.json
  commonweight up --attackers sign-flip,noise --split dirichlet:0.1
  commonweight up --dataset examples/penguins/penguins.csv --slots 8 --trainers 4 --attackers sign-flip
  commonweight up --node anvil --state ./my-market     (again, after Ctrl+C, to go on)
  commonweight up --node http://127.0.0.1:8545
  commonweight up --node https://sepolia.example --keystore payer.json --budget 0.01 --trainers 4 --slots 8`;

/** The key that pays on somebody else's node; undefined where none is given. */
async function payingKey(invocation: Invocation): Promise<string | undefined> {
  const { options, environment } = invocation;
  const isGiven = [
    ...[options.keystore, environment.COMMONWEIGHT_KEYSTORE],
    environment.COMMONWEIGHT_PRIVATE_KEY,
  ].some((given) => given !== undefined && given !== "");
  return isGiven ? readSigningKey(invocation) : undefined;
}

/** Adds `commonweight up`. */
export const register: RegisterCommand = (parent, context) => {
  parent
    .command("up")
    .description(
      "the whole market on this machine: chain, aggregators, trainers, attackers, web page",
    )
    .argument("[file]", "with --json: write the report to this file instead of printing it")
    .option("--rounds <number>", "rounds to train", String(defaults.rounds))
    .option("--trainers <number>", "trainers", String(defaults.trainers))
    .option("--model <name>", "logistic, mlp or cnn", defaults.model)
    .option(
      "--dataset <path>",
      "samples to learn instead of MNIST: a .csv, .tsv, .parquet or .npz file, or a folder (parquet, idx, npy, images)",
    )
    .option(
      "--target <column>",
      "with a table or Parquet files: the column of the class (default: by its name, or the last)",
    )
    .option("--split <plan>", "how samples are spread: iid or dirichlet:<alpha>", defaults.split)
    .option(
      "--attackers <list>",
      "attacks of the last trainers, by comma; or none",
      defaults.attackers.join(","),
    )
    .option("--slots <number>", "slots of the circuit: 8 or 16", String(defaults.slots))
    .option("--samples <number>", "samples of all trainers together", String(defaults.samples))
    .option("--seed <text>", "repeats training, selection and payments", defaults.seed)
    .option("--port <number>", "port of the web page; the standby takes the next one", "8600")
    .option("--no-crash", "no trainer crashes and comes back")
    .option("--private", "seal the models to the project's trainers, aggregators and owner")
    .option(
      "--plain",
      "lines instead of the live view; also when stdout is no terminal, and with NO_COLOR",
    )
    .option("--exit", "stop when the project has ended")
    .option(
      "--node <name>",
      "hardhat, which forgets when it stops; anvil, which keeps the market: stopping and starting continues it; or the http address of a node that you run, on a chain for trying out",
      "hardhat",
    )
    .option("--chain-id <number>", "with --node <address>: the chain that it must be of")
    .option(
      "--keystore <file>",
      "with --node <address>: the key that pays, instead of COMMONWEIGHT_PRIVATE_KEY; without, an unlocked account of the node",
    )
    .option(
      "--budget <eth>",
      "budget of a round; stakes, fees and bonds are parts of it (default: 1)",
    )
    .option("--fresh", "with --node anvil: begin anew, even if a market was stopped in this folder")
    .addHelpText("after", EXAMPLES)
    .action(
      context.action(async (invocation) => {
        const { args, options, config, signal, terminal, isJson } = invocation;
        const startedAt = Date.now();
        const elapsedMs = () => Date.now() - startedAt;
        const { parseUpOptions } = await import("../up-options.ts");
        const { market: asked, ...up } = parseUpOptions(options, args[0] as string);
        const ownNode =
          up.rpcUrl === undefined
            ? undefined
            : await (await import("../own-node.ts")).openOwnNode(asked, {
                ...{ rpcUrl: up.rpcUrl, saidChainId: up.chainId },
                privateKey: await payingKey(invocation),
                onProgress: invocation.progress,
              });
        const { findMarketRecord } = await import("../market-record.ts");
        const stateFolder = dirname(runningMarketPath(config.stateFolder));
        const continued =
          up.node === "anvil" && !up.isFresh ? findMarketRecord(stateFolder) : undefined;
        const marketOptions = continued?.options ?? asked;
        const isSilent = isJson && up.reportPath === undefined;
        const { openMarketDisplay, silentDisplay } = await import("../show-market.ts");
        const display = isSilent
          ? silentDisplay
          : openMarketDisplay({ terminal, market: marketOptions, elapsedMs }, up.isPlain);
        if (continued !== undefined) {
          display.say(
            `continuing the market that was started here at ${continued.startedAt}, with its own options; --fresh begins a new one`,
          );
        }
        const events: TimedEvent[] = [];
        let market: Market | undefined;
        try {
          const { startMarket } = await import("../market.ts");
          const { marketReport } = await import("../market-report.ts");
          const { reportText } = await import("../report-text.ts");
          const { builtWebFolder } = await import("../web-folder.ts");
          market = await startMarket(
            {
              ...marketOptions,
              stateFolder,
              ...(up.node === "own" ? { ownNode } : { node: up.node }),
              continued,
              port: up.port,
              webFolder: builtWebFolder(display.say, signal),
              signal,
            },
            (event) => {
              const timed = { ...event, ms: elapsedMs() };
              events.push(timed);
              display.show(timed);
            },
          );
          const project = await market.ended;
          const report = await marketReport(market, project, marketOptions, events);
          if (up.reportPath !== undefined) writeFileSync(up.reportPath, `${toJson(report)}\n`);
          display.close();
          if (!isSilent) terminal.writeResult(reportText(report));
          if (!up.isExiting) {
            const stateOption = options.state === undefined ? "" : ` --state "${options.state}"`;
            terminal.writeMessage(
              [
                "",
                `The market stays up; the page that verifies it: ${market.webUrl}`,
                "From another terminal, in this folder:",
                `  npm run commonweight -- audit ${market.projectId}${stateOption}`,
                `  npm run commonweight -- explain ${market.projectId} 0 ${market.trainers[0]?.address}${stateOption}`,
                "Stop it with Ctrl+C.",
              ].join("\n"),
            );
            await untilAborted(signal);
          }
          return { data: report, text: "", isShown: !isSilent };
        } finally {
          display.close();
          if (market && !isSilent) terminal.writeMessage("stopping every process of the market …");
          await market?.stop();
        }
      }),
    );
};
