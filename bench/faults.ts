import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readParticipant } from "../services/adapters/chain/projects/participant.ts";
import { createGatewayStore } from "../services/adapters/content-store/gateway-store.ts";
import { auditProject } from "../services/auditor/audit-project.ts";
import { type Market, startMarket } from "../services/market/market.ts";
import { defaultMarketOptions, type MarketOptions } from "../services/market/market-plan.ts";
import { defineBenchmark } from "./benchmark.ts";
import { countLosses, isNothingLost } from "./faults/count-losses.ts";
import { FAULT_KINDS, FAULT_PAIRS } from "./faults/fault-kinds.ts";
import { writeFaultReport } from "./faults/fault-report.ts";
import type { FaultKind } from "./faults/faulty-market.ts";
import { areBooksSound } from "./faults/look-at-books.ts";
import { faultEnvironment, setMachineFaults } from "./faults/machine-faults.ts";
import { mountSmallDisk } from "./faults/small-disk.ts";
import { choices, count, file } from "./flags.ts";
import { median } from "./statistics.ts";

/** Seconds from one misfortune to the next, at most; rounds of this market take about six. */
const MOST_SECONDS_BETWEEN = 12;
/** Of memory, for the disk of the market; a run writes a tenth of it. */
const DISK_MEGABYTES = 1024;

const namesOf = (kinds: readonly FaultKind[]) => kinds.map(({ name }) => name);
const KNOWN = [...FAULT_KINDS, ...FAULT_PAIRS];
const SOME_FAULTS = choices("misfortunes; pairs for those that come two at once", namesOf(KNOWN));
const FAULTS = {
  ...SOME_FAULTS,
  fallback: namesOf(FAULT_KINDS).join(),
  read: (text: string) => (text === "pairs" ? namesOf(FAULT_PAIRS) : SOME_FAULTS.read(text)),
};

interface Injected {
  readonly kind: string;
  /** From the misfortune to the end of its repair: everybody runs again and says so. */
  repairedSeconds: number;
  /** From the misfortune to the next round that is settled; null after the last one. */
  settledSeconds: number | null;
}

/**
 * `npm run bench -- faults [--rounds 10] [--seed 1] [--kinds kill-trainer,silent-node | --kinds pairs] [--json] [--write page]`: a market of real processes,
 * all honest, while misfortunes come over it one after the other, or two at once, as the seed says; then what the chain says was lost.
 */
export const benchmark = defineBenchmark({
  title: "a market while its processes are killed, frozen and damaged: what is lost",
  flags: {
    rounds: count("rounds of the market", 10),
    seed: count("which misfortunes come when", 1),
    trainers: count("trainers, all honest", 4),
    kinds: FAULTS,
    write: file("writes the report between the markers of a page"),
  },
  async run(values) {
    const kinds = KNOWN.filter(({ name }) => values.kinds.includes(name));
    const options: MarketOptions = {
      ...defaultMarketOptions,
      ...{ rounds: values.rounds, trainers: values.trainers, slots: 8 },
      ...{ model: "logistic", samples: 1600, attackers: [], hasCrash: false, split: "iid" },
    };
    const result = await runUnderFaults(options, kinds, values.seed);
    process.stdout.write(values.json ? `${JSON.stringify(result, null, 2)}\n` : text(result));
    if (values.write !== undefined) writeFaultReport(values.write, text(result));
    const isSound = result.audit.isPassed && result.booksUnsound === 0 && result.faults.length > 0;
    if (!isSound || !isNothingLost(result.losses)) process.exitCode = 1;
  },
});

/** Repeats for the same seed; how the market answers does not, because its processes run in real time. */
function seededRandom(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

async function runUnderFaults(options: MarketOptions, wanted: readonly FaultKind[], seed: number) {
  const folder = mkdtempSync(join(tmpdir(), "commonweight-faults-"));
  const needsDisk = ({ name }: FaultKind) => name.startsWith("full-disk");
  const isDiskWanted = wanted.some(needsDisk);
  const disk = isDiskWanted ? mountSmallDisk(folder, DISK_MEGABYTES) : undefined;
  const kinds = wanted.filter((kind) => !needsDisk(kind) || disk !== undefined);
  const stateFolder = join(folder, "market");
  const stopping = new AbortController();
  const random = seededRandom(seed);
  const settledMs: number[] = [];
  const injected: (Injected & { readonly ms: number })[] = [];
  const books: Promise<boolean>[] = [];
  const startedMs = performance.now();
  let market: Market | undefined;
  try {
    market = await startMarket(
      {
        ...{ ...options, port: 0, stateFolder, signal: stopping.signal },
        environmentOf: (name) => faultEnvironment(folder, name),
      },
      (event) => {
        if (event.type !== "settled" || market === undefined) return;
        settledMs.push(performance.now());
        const sound = areBooksSound(market.chain, market.projectId);
        sound.catch(() => undefined);
        books.push(sound);
      },
    );
    const running = market;
    let isOver = false;
    const over = Promise.withResolvers<void>();
    const ended = running.ended.finally(() => {
      isOver = true;
      over.resolve();
    });
    const wait = (ms: number) =>
      Promise.race([new Promise<void>((resolve) => setTimeout(resolve, ms)), over.promise]);
    const faulty = {
      ...{ market: running, stateFolder, random, wait, isOver: () => isOver },
      afflict: setMachineFaults.bind(undefined, folder),
      fillDisk: () => disk?.fill() ?? (() => {}),
    };
    const work = (async () => {
      // Each kind once before any comes twice.
      let left: FaultKind[] = [];
      for (;;) {
        await wait(1000 * (1 + random(MOST_SECONDS_BETWEEN)));
        if (isOver) return;
        if (left.length === 0) left = [...kinds];
        const [kind] = left.splice(random(left.length), 1);
        if (kind === undefined) return;
        const ms = performance.now();
        const fault = { kind: kind.name, ms, repairedSeconds: 0, settledSeconds: null };
        injected.push(fault);
        process.stderr.write(`${((ms - startedMs) / 1000).toFixed(0)} s  ${kind.text}\n`);
        await kind.inject(faulty);
        fault.repairedSeconds = (performance.now() - ms) / 1000;
      }
    })();
    // A misfortune that cannot be injected ends the run, and its processes.
    const [project] = await Promise.all([ended, work]);
    for (const fault of injected) {
      const next = settledMs.find((ms) => ms > fault.ms);
      fault.settledSeconds = next === undefined ? null : (next - fault.ms) / 1000;
    }
    const { chain, projectId } = running;
    const endpoints = await Promise.all(
      project.terms.aggregators.map((each) => readParticipant(chain, each)),
    );
    const urls = endpoints.map(({ endpoint }) => endpoint);
    const contentStore = createGatewayStore({ urls });
    const audit = await auditProject({ chain, projectId, contentStore });
    const soundBooks = await Promise.all(books);
    return {
      options: { rounds: options.rounds, trainers: options.trainers, seed },
      seconds: (performance.now() - startedMs) / 1000,
      faults: injected.map(({ ms: _, ...fault }) => fault),
      losses: await countLosses(chain, projectId, options.trainers),
      booksLookedAt: soundBooks.length,
      booksUnsound: soundBooks.filter((isSound) => !isSound).length,
      audit: { isPassed: audit.isPassed, checks: audit.checks.length },
      /** What this system or user does not permit to inject. */
      notInjected: wanted.filter((kind) => !kinds.includes(kind)).map(({ name }) => name),
    };
  } finally {
    await market?.stop();
    stopping.abort();
    disk?.unmount();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Result = Awaited<ReturnType<typeof runUnderFaults>>;

function text(result: Result): string {
  const { losses } = result;
  const rows = [...FAULT_KINDS, ...FAULT_PAIRS].flatMap(({ name, text: meaning }) => {
    const found = result.faults.filter(({ kind }) => kind === name);
    if (found.length === 0) return [];
    const settled = found.flatMap(({ settledSeconds }) => settledSeconds ?? []);
    const seconds = (value: number) => (Number.isNaN(value) ? "–" : value.toFixed(0));
    return `| ${meaning} | ${found.length} | ${seconds(median(found.map((each) => each.repairedSeconds)))} | ${seconds(median(settled))} | ${seconds(Math.max(...settled, 0))} |`;
  });
  return [
    "```text",
    `${result.faults.length} faults in ${losses.roundsSettled} settled rounds, ${losses.voidByRule} of them void by the rule, and ${losses.roundsGivenUp} given up; ${result.seconds.toFixed(0)} s`,
    `rounds settled twice: ${losses.settledTwice}; updates read: ${losses.updatesRead}, lost: ${losses.updatesLost}, not sent in time: ${losses.updatesMissed}`,
    `bonds forfeited: ${losses.bondsForfeitedWei} wei; stakes slashed: ${losses.stakesSlashed}; trainers expelled: ${losses.trainersExpelled}`,
    `looks at the vault's books after settlements: ${result.booksLookedAt}, of which not to the wei: ${result.booksUnsound}`,
    `wei left in escrow: ${losses.escrowLeftWei}; audit from chain and IPFS: ${result.audit.isPassed ? "passed" : "FAILED"}`,
    ...(result.notInjected.length > 0
      ? [`not injected, because it is not permitted here: ${result.notInjected}`]
      : []),
    "```",
    "",
    "| fault | times | repaired after, s (median) | next round settled after, s (median) | worst |",
    "|---|---:|---:|---:|---:|",
    ...rows,
    "",
  ].join("\n");
}
