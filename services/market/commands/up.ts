import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { toJson } from "../../command-line/json.ts";
import { defaultMarketOptions, type MarketOptions } from "../market-plan.ts";
import { builtWebFolder } from "../web-folder.ts";

/** Adds `commonweight up`. */
export const register: RegisterCommand = (parent, context) => {
  const defaults = defaultMarketOptions;
  parent
    .command("up")
    .description(
      "the whole market on this machine: chain, aggregators, trainers, attackers, web page",
    )
    .option("--rounds <number>", "rounds to train", String(defaults.rounds))
    .option("--trainers <number>", "trainers", String(defaults.trainers))
    .option("--model <name>", "logistic, mlp or cnn", defaults.model)
    .option("--split <plan>", "how samples are spread: iid or dirichlet:<alpha>", defaults.split)
    .option(
      "--attackers <list>",
      "attacks of the last trainers, by comma",
      defaults.attackers.join(","),
    )
    .option("--slots <number>", "slots of the circuit: 8 or 16", String(defaults.slots))
    .option("--samples <number>", "samples of all trainers together", String(defaults.samples))
    .option("--seed <text>", "repeats training, selection and payments", defaults.seed)
    .option("--port <number>", "port of the web page", "8600")
    .option("--no-crash", "no trainer crashes and comes back")
    .option("--private", "seal the models to the project's trainers, aggregators and owner")
    .option("--exit", "stop when the project has ended")
    .option("--report <file>", "write the report as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  commonweight up\n  commonweight up --rounds 2 --model logistic --exit --report report.json",
    )
    .action(
      context.action(async (invocation) => {
        const { options, config, signal, terminal, isJson } = invocation;
        const startedAt = Date.now();
        const say = (text: string) => {
          const seconds = ((Date.now() - startedAt) / 1000).toFixed(0);
          if (!isJson) terminal.writeResult(`${seconds.padStart(4)} s  ${text}`);
        };
        say(
          "Commonweight: a whole market on this machine. Starting chain, aggregators and trainers …",
        );
        const { startMarket } = await import("../market.ts");
        const { describeMarketEvent } = await import("../market-lines.ts");
        const { marketReport, reportText } = await import("../market-report.ts");
        const attackers = String(options.attackers).split(",").filter(Boolean);
        const marketOptions: MarketOptions = {
          rounds: Number(options.rounds),
          trainers: Number(options.trainers),
          model: options.model as MarketOptions["model"],
          split: String(options.split),
          attackers,
          slots: Number(options.slots) as MarketOptions["slots"],
          seed: String(options.seed),
          samples: Number(options.samples),
          hasCrash: options.crash !== false,
          ...(options.private === true ? { terms: { modelVisibility: "private" as const } } : {}),
        };
        const webFolder = await builtWebFolder((text) => terminal.writeMessage(text));
        const events: { process: string; type: string; [detail: string]: unknown }[] = [];
        const market = await startMarket(
          {
            ...marketOptions,
            stateFolder: join(config.stateFolder, "market"),
            port: Number(options.port),
            webFolder,
            signal,
          },
          (event) => {
            events.push({ ...event, ms: Date.now() - startedAt });
            const line = describeMarketEvent(event);
            if (line !== undefined) say(line);
          },
        );
        try {
          const project = await market.ended;
          const report = await marketReport(market, project, marketOptions, events);
          if (typeof options.report === "string") {
            writeFileSync(options.report, `${toJson(report)}\n`);
          }
          if (!isJson) terminal.writeResult(reportText(report));
          if (options.exit !== true) {
            const configPath = join(config.stateFolder, "market", "commonweight.config.json");
            terminal.writeMessage(
              [
                "",
                `The market stays up; the page that verifies it: ${market.webUrl}`,
                "From another terminal:",
                `  npm run commonweight -- audit ${market.projectId} --config "${configPath}"`,
                `  npm run commonweight -- explain ${market.projectId} 0 ${market.trainers[0]?.address} --config "${configPath}"`,
                "Stop it with Ctrl+C.",
              ].join("\n"),
            );
            await new Promise<void>((resolve) => {
              if (signal.aborted) resolve();
              signal.addEventListener("abort", () => resolve(), { once: true });
            });
          }
          return { data: report, text: "" };
        } finally {
          await market.stop();
        }
      }),
    );
};
