import { writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { runningMarketPath } from "../../adapters/config/running-market.ts";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { toJson } from "../../command-line/json.ts";
import { defaultMarketOptions as defaults } from "../market-plan.ts";

const EXAMPLES = `
Examples:
  commonweight up
  commonweight up --rounds 2 --model logistic --exit --json report.json
  commonweight up --attackers sign-flip,gaussian --split dirichlet:0.1`;

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
    .option("--exit", "stop when the project has ended")
    .addHelpText("after", EXAMPLES)
    .action(
      context.action(async (invocation) => {
        const { args, options, config, signal, terminal, isJson } = invocation;
        const startedAt = Date.now();
        const { parseUpOptions } = await import("../up-options.ts");
        const { market: marketOptions, ...up } = parseUpOptions(options, args[0] as string);
        const isSilent = isJson && up.reportPath === undefined;
        const say = (text: string) => {
          const seconds = ((Date.now() - startedAt) / 1000).toFixed(0);
          if (!isSilent) terminal.writeResult(`${seconds.padStart(4)} s  ${text}`);
        };
        say(
          "Commonweight: a whole market on this machine. Starting chain, aggregators and trainers …",
        );
        const { startMarket } = await import("../market.ts");
        const { describeMarketEvent } = await import("../market-lines.ts");
        const { marketReport, reportText } = await import("../market-report.ts");
        const { builtWebFolder } = await import("../web-folder.ts");
        const events: { process: string; type: string; [detail: string]: unknown }[] = [];
        const market = await startMarket(
          {
            ...marketOptions,
            stateFolder: dirname(runningMarketPath(config.stateFolder)),
            port: up.port,
            webFolder: builtWebFolder((text) => terminal.writeMessage(text), signal),
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
          if (up.reportPath !== undefined) writeFileSync(up.reportPath, `${toJson(report)}\n`);
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
            await new Promise<void>((resolve) => {
              if (signal.aborted) resolve();
              signal.addEventListener("abort", () => resolve(), { once: true });
            });
          }
          return { data: report, text: "", isShown: !isSilent };
        } finally {
          await market.stop();
        }
      }),
    );
};
