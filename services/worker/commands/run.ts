import { join } from "node:path";
import { Option } from "commander";
import type { Chain } from "../../adapters/chain/connect.ts";
import { readTokenUnit } from "../../adapters/chain/tokens/token-unit.ts";
import type { Environment } from "../../adapters/config/config.ts";
import type { RegisterCommand } from "../../command-line/command-context.ts";
import { addCompareOption } from "../../command-line/compare-option.ts";
import { eventPrinter } from "../../command-line/event-lines.ts";
import { addKeepingOptions, readKeeping } from "../../command-line/keeping-options.ts";
import { connectToMarket } from "../../command-line/market-connection.ts";
import { parseAddress } from "../../command-line/parse-address.ts";
import { parseCount, parsePositive } from "../../command-line/parse-count.ts";
import { parseProjectId } from "../../command-line/parse-project-id.ts";
import { openProjectContent } from "../../command-line/project-content.ts";
import { addKeystoreOption, readSigningKey } from "../../command-line/signing-key.ts";
import { amountIn, parseAnyAmount } from "../../command-line/token-amount.ts";
import { parseDataSource } from "../../learning/data/parse-data-source.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { amountText, type TokenUnit } from "../../protocol/market/token-amount.ts";
import { workerErrors } from "../errors.ts";
import type { OwnTrainer } from "../make-update.ts";
import type { ProjectMoney } from "../worker-lines.ts";

/** How long the files of a project that was waited for may take to reach its aggregators. */
const JUST_POSTED_MS = 15_000;

async function ownTrainer(
  options: Readonly<Record<string, unknown>>,
  around: { readonly environment: Environment; readonly stateFolder: string },
): Promise<OwnTrainer | undefined> {
  if (options.trainer === undefined) return undefined;
  const { findSamples } = await import("../open-samples.ts");
  const { trainerEnvironment } = await import("../trainer-environment.ts");
  return {
    command: String(options.trainer),
    dataPath: await findSamples(String(options.data)),
    folder: join(around.stateFolder, "jobs"),
    keepRounds: options.collectHours === 0 ? undefined : Number(options.keepRounds),
    timeoutMs: (options.trainerMinutes as number) * 60_000,
    memoryMb: options.trainerMemory as number,
    environment: trainerEnvironment(around.environment),
  };
}

/** A choice among the samples, which a program of one's own is not told: it reads whatever is at the path. */
const ofOwnSamples = (flags: string, description: string) =>
  new Option(flags, description).conflicts("trainer");

/** Each project's reward token. */
async function readUnits(chain: Chain, projectIds: readonly bigint[]) {
  const { readProject } = await import("../../adapters/chain/projects/project.ts");
  const units = new Map<bigint, TokenUnit>();
  for (const projectId of projectIds) {
    const { terms } = await readProject(chain, projectId);
    units.set(projectId, await readTokenUnit(chain, terms.rewardToken));
  }
  return units;
}

/** Anybody may post a project under an awaited number, with terms that stake all that the account has. @throws CW4306 */
function requireStake(stake: string | undefined, { join }: Record<string, unknown>): void {
  if (stake === undefined && join !== false) {
    throw new CommonweightError(workerErrors.stakeUnknown);
  }
}

/** Adds `commonweight worker run`. */
export const register: RegisterCommand = (parent, context) => {
  const command = addCompareOption(addKeystoreOption(parent.command("run")))
    .description("train for projects and get paid, until they end")
    .argument("<project...>", "numbers of the projects", (text, earlier: bigint[] = []) => [
      ...earlier,
      parseProjectId(text),
    ])
    .requiredOption("--data <source>", "samples to train on: mnist, mnist:test, a file or a folder")
    .option("--trainer <command>", "train with your own program instead of the built-in trainer")
    .option(
      "--trainer-minutes <number>",
      "time limit of your program, for each round",
      parsePositive,
      10,
    )
    .option("--trainer-memory <megabytes>", "memory limit of your program", parseCount, 4000)
    .option(
      "--privacy-epsilon <number>",
      "refuse rounds above this epsilon over all projects",
      parsePositive,
    )
    .option("--privacy-delta <number>", "delta that goes with epsilon", parsePositive, 1e-5)
    .addOption(ofOwnSamples("--samples <number>", "use only so many of them").argParser(parseCount))
    .addOption(ofOwnSamples("--part <i/n>", "the i-th of n disjoint parts, from 1"))
    .addOption(
      ofOwnSamples("--split <plan>", "how parts are made: iid or dirichlet:<alpha>").default("iid"),
    )
    .option("--seed <text>", "repeats every random choice (not for private data)")
    .option(
      "--wait",
      "wait for projects that are not posted yet (needs --stake), and register the account meanwhile",
    )
    .option("--no-join", "only projects that were joined already")
    .option("--stake <amount>", "stake to join with, instead of the least", parseAnyAmount)
    .option("--relay", "send signed updates through the aggregator, which pays the gas")
    .option("--payout <address>", "cold address that earnings go to", parseAddress)
    .option("--srs <file>", "powers of tau of the network's ceremony (.ptau)")
    .option("--attack <name>", "play an attacker of the library (rehearsals only)")
    .option("--threads <number>", "threads for commitments", parseCount);
  addKeepingOptions(command)
    .addHelpText(
      "after",
      "\nThe key is read from --keystore or COMMONWEIGHT_PRIVATE_KEY.\n\nExample:\n  commonweight worker run 1 --data mnist --part 1/8 --split dirichlet:0.5 --state ./worker",
    )
    .action(
      context.action(async (invocation) => {
        const { args, options, config, environment, signal } = invocation;
        const { createHpkeEnvelope } = await import("../../adapters/envelope/hpke-envelope.ts");
        const { loadEncryptionKeys } = await import("../../adapters/envelope/key-file.ts");
        const { awaitProjects } = await import("../../command-line/await-projects.ts");
        const { prepareSamples } = await import("../open-samples.ts");
        const { requireFittingData } = await import("../require-fitting-data.ts");
        const { runWorker } = await import("../worker-service.ts");
        if (options.attack !== undefined) {
          const { findAttack } = await import("../../learning/attacks/apply-attack.ts");
          findAttack(String(options.attack));
        }
        const { workerLine } = await import("../worker-lines.ts");
        const projectIds = args[0] as bigint[];
        let units: ReadonlyMap<bigint, TokenUnit> = new Map();
        const money: ProjectMoney = (projectId, amountWei) =>
          amountText(amountWei, units.get(projectId) ?? { symbol: "units", decimals: 0 });
        const stake = options.stake as string | undefined;
        const print = eventPrinter(invocation, (event) => workerLine(event, money));
        const trainer = await ownTrainer(options, { environment, stateFolder: config.stateFolder });
        const source = parseDataSource(options);
        const prepared = trainer ? undefined : await prepareSamples(source);
        if (prepared?.samples !== undefined) print({ type: "data", samples: prepared.samples });
        const openData = prepared?.openSamples;
        const beforehand = async (chain: Chain, registerAccount: () => Promise<void>) => {
          if (options.wait === true) {
            let registering: Promise<void> | undefined;
            const onWaiting = () => {
              requireStake(stake, options);
              print({ type: "awaiting", projectIds });
              registering = registerAccount();
            };
            await awaitProjects(chain, projectIds, { signal, onWaiting });
            await registering;
          }
          units = await readUnits(chain, projectIds);
          if (stake !== undefined) for (const unit of units.values()) amountIn(stake, unit);
          if (openData === undefined || options.join === false) return;
          await requireFittingData(chain, {
            ...{ projectIds, openData, signal },
            patienceMs: options.wait === true ? JUST_POSTED_MS : 0,
            openContent: (project) => openProjectContent(chain, project, config),
            onUnknown: (projectId) => print({ type: "data-unchecked", projectId }),
          });
        };
        await runWorker(
          {
            ...(await connectToMarket(invocation)),
            privateKey: await readSigningKey(invocation),
            encryptionKeys: await loadEncryptionKeys(
              join(config.stateFolder, "encryption-key.json"),
              createHpkeEnvelope(),
            ),
            stateFolder: config.stateFolder,
            cacheFolder: config.cacheFolder,
            ...{ projectIds, openData, trainer, beforehand },
            privacyBudget:
              options.privacyEpsilon === undefined
                ? undefined
                : {
                    epsilon: options.privacyEpsilon as number,
                    delta: options.privacyDelta as number,
                  },
            join:
              options.join === false
                ? undefined
                : stake === undefined
                  ? {}
                  : {
                      stakeWei: (projectId) => amountIn(stake, units.get(projectId) as TokenUnit),
                    },
            isRelayed: options.relay === true,
            payoutAddress: options.payout as string | undefined,
            seed: options.seed as string | undefined,
            attack: options.attack as string | undefined,
            srsPath: options.srs as string | undefined,
            threads: options.threads as number | undefined,
            keeping: readKeeping(invocation),
            signal,
          },
          print,
        );
        signal.throwIfAborted();
        return { data: { type: "finished" }, text: "all projects have ended" };
      }),
    );
};
