import { confirm } from "../../command-line/ask.ts";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { addCompareOption } from "../../command-line/compare-option.ts";
import { type CommandEvent, eventPrinter } from "../../command-line/event-lines.ts";
import { withChain } from "../../command-line/open-chain.ts";
import { parseCount } from "../../command-line/parse-count.ts";
import { addKeystoreOption, readSigningKey } from "../../command-line/signing-key.ts";
import type { KeepStep } from "../keep-plan.ts";
import type { KeptStep } from "../keep-project.ts";

const WORDS = { poke: "moved on", "pay-out": "paid out", release: "released" } as const;
const shown = ({ kind, trainer, why }: KeepStep) =>
  `${trainer ?? "the project"}  ${kind === "poke" ? "move on" : kind}: ${why}`;

function eventLine(event: CommandEvent, projectId: bigint): string {
  if (event.type === "away") return `${event.code}: ${event.message}`;
  return `${event.trainer ?? `project ${projectId}`} ${WORDS[event.kind as KeepStep["kind"]]}`;
}

/** Adds `commonweight keep`. */
export const register: RegisterCommand = (parent, context) => {
  addCompareOption(addKeystoreOption(parent.command("keep")))
    .description(
      "move a project on where its aggregators do not, pay out who has left, free places of idle trainers",
    )
    .argument("<project>", "number of the project, or its folder")
    .option("--dry-run", "only say what there is to do; needs no key")
    .option(
      "--watch <seconds>",
      "look again every so often, until the project has ended",
      parseCount,
    )
    .option("--yes", "do not ask")
    .addHelpText(
      "after",
      "\nThe contract lets anybody do this: money only goes where it is due, and whoever does it pays the gas. When no\naggregator comes any more, this is how a project ends and its owner gets the rest of the escrow back.\n\nExamples:\n  commonweight keep 1 --dry-run\n  commonweight keep fraud --keystore owner.json\n  commonweight keep 1 --keystore worker.json --watch 60 --yes",
    )
    .action(
      context.action(async (invocation) => {
        const { args, options, progress, signal } = invocation;
        const { findProject } = await import("../../owner/find-project.ts");
        const { keepOn, keepProject, readKeepPlan } = await import("../keep-project.ts");
        const { projectId } = await findProject(String(args[0]));
        const isDry = options.dryRun === true;
        const everySeconds = options.watch as number | undefined;
        const privateKey = isDry ? undefined : await readSigningKey(invocation);
        return withChain(
          invocation,
          async (chain) => {
            const { steps: due } = await readKeepPlan(chain, projectId);
            const done: KeptStep[] = [];
            if (!isDry && (due.length > 0 || everySeconds !== undefined)) {
              const what = due.map(shown).join("\n");
              await confirm(
                invocation,
                `${what}${what && "\n"}Send what is due for project ${projectId}?`,
              );
              progress("sending");
              const print = eventPrinter(invocation, (event) => eventLine(event, projectId));
              const onStep = (step: KeptStep) => {
                done.push(step);
                print({ type: "step", projectId, ...step });
              };
              if (everySeconds === undefined) await keepProject(chain, projectId, onStep);
              else
                await keepOn(chain, projectId, {
                  ...{ everySeconds, signal, onStep },
                  onAway: ({ code, message }) => print({ type: "away", code, message }),
                });
            }
            const { phase, steps, waiting } = await readKeepPlan(chain, projectId);
            const listed = isDry ? steps.map((step) => ({ ...step, transactionHash: null })) : done;
            const summary =
              listed.length === 0
                ? `there is nothing to do for project ${projectId} (${phase})`
                : isDry
                  ? steps.map(shown).join("\n")
                  : `project ${projectId} is ${phase}; ${done.length} transaction${done.length === 1 ? "" : "s"} sent`;
            return {
              data: {
                ...{ type: "finished", projectId, phase, isDone: !isDry, waiting },
                steps: listed.map(({ kind, trainer, transactionHash }) => ({
                  ...{ kind, trainer, transactionHash },
                })),
              },
              text: [
                summary,
                ...waiting.map(({ trainer, why }) => `${trainer}  wait: ${why}`),
              ].join("\n"),
            };
          },
          privateKey === undefined ? {} : { privateKey },
        );
      }),
    );
};
