import { mean, meanDistance, normalised, quantile, spearman } from "../statistics.ts";
import { ATTACKS, LABEL_FLIP } from "./attacks.ts";
import {
  type Federation,
  type FederationOptions,
  type RootKind,
  runFederation,
  squaredCosine,
} from "./federation.ts";
import { exactShapley, type PayKind, partOfPay, payOf } from "./pay.ts";
import { type Task, tableTask } from "./samples.ts";

/** A result as a table. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** What all experiments share. */
export interface ExperimentOptions {
  readonly tasks: readonly Task[];
  readonly seeds: readonly number[];
  readonly rounds: number;
}

const PLANS = ["dirichlet", "iid"] as const;
type Plan = (typeof PLANS)[number];

/** Every combination of task and plan, with a function that runs it for all seeds. */
function settings({ tasks, seeds, rounds }: ExperimentOptions) {
  return tasks.flatMap((task) =>
    PLANS.map((plan) => ({
      task,
      plan,
      name: `${task.name} ${plan}`,
      run: (change: Partial<FederationOptions> = {}): Federation[] =>
        seeds.map((seed) =>
          runFederation({ task, plan: plan satisfies Plan, seed, rounds, ...change }),
        ),
    })),
  );
}

const everyRound = (runs: readonly Federation[]) => runs.flatMap(({ rounds }) => rounds);
const percent = (part: number) => Number((100 * part).toFixed(1));
const rounded = (value: number) => Number(value.toFixed(3));

/** Part of all honest submissions that were not accepted, among rounds of some trainings. */
function honestRejected(runs: readonly Federation[]): number {
  return mean(
    runs.flatMap(({ rounds, attackers }) =>
      rounds.flatMap(({ updates, outcome }) =>
        updates.flatMap((_, trainer) =>
          attackers.includes(trainer) ? [] : [outcome.verdicts[trainer] === "accepted" ? 0 : 1],
        ),
      ),
    ),
  );
}

const accuracyOf = (runs: readonly Federation[]) =>
  percent(mean(runs.map(({ testAccuracy }) => testAccuracy)));
const voidPart = (runs: readonly Federation[]) =>
  percent(mean(everyRound(runs).map(({ outcome }) => (outcome.isVoid ? 1 : 0))));

/** No attack: how well pay follows the exact Shapley value of validation loss, with and without what is new in integers. */
export function payFidelity(options: ExperimentOptions): Table {
  const kinds: PayKind[] = [
    "shares",
    "real novelty",
    "1 - cos^2",
    "useful novelty",
    "no novelty",
    "flat even",
    "flat by weight",
  ];
  const rows = settings(options).map(({ name, task, run }) => {
    const rounds = run({ attackers: [] }).flatMap((federation) =>
      federation.rounds
        .filter(({ outcome }) => !outcome.isVoid)
        .map((round) => ({
          round,
          exact: exactShapley(round, task.samples, federation.validation),
        })),
    );
    const measured = kinds.map((kind) => {
      const pays = rounds.map(({ round, exact }) => ({
        exact,
        pay: payOf(round, kind).slice(0, exact.length),
      }));
      const correlations = pays.map(({ pay, exact }) => spearman(pay, exact));
      const rank = mean(correlations.filter((value) => !Number.isNaN(value)));
      const error = mean(
        pays.map(({ pay, exact }) => meanDistance(normalised(pay), normalised(exact))),
      );
      return `${rank.toFixed(2)} / ${error.toFixed(3)}`;
    });
    const differences = rounds.flatMap(({ round }) => {
      const real = payOf(round, "real novelty");
      return payOf(round, "shares").map((share, i) => Math.abs(share - (real[i] as number)));
    });
    return [name, ...measured, rounded(100 * Math.max(...differences))];
  });
  return {
    title:
      "Pay against the exact Shapley value of validation loss (Spearman per round / mean error of a share)",
    columns: ["task", ...kinds, "largest effect of integer novelty, points"],
    rows,
  };
}

/** What three attackers of eight are paid, by every way to pay. */
export function attackersPay(options: ExperimentOptions): Table {
  const kinds: PayKind[] = [
    "shares",
    "1 - cos^2",
    "useful novelty",
    "no novelty",
    "flat even",
    "flat by weight",
    "flat even and cap",
  ];
  const rows = settings(options).flatMap(({ name, run }) =>
    ATTACKS.map((attack) => {
      const runs = run({ attack });
      const parts = kinds.map((kind) =>
        rounded(mean(runs.map((federation) => partOfPay(federation, federation.attackers, kind)))),
      );
      return [name, attack.name, accuracyOf(runs), percent(honestRejected(runs)), ...parts];
    }),
  );
  return {
    title: "Three attackers of eight: accuracy %, honest rejected %, attackers' part of all pay",
    columns: ["task", "attack", "accuracy", "honest rejected", ...kinds],
    rows,
  };
}

const CUTS = [0.9, 0.95, 0.99, 1023 / 1024];

/** One row: honest updates' cos^2 towards p, and what each cut does to them. */
function cutRow(
  name: string,
  rateFactor: number,
  run: (change: Partial<FederationOptions>) => Federation[],
): (string | number)[] {
  const free = run({ attackers: [], rateFactor, staleCut: 1 });
  const cosines = everyRound(free).flatMap(({ gram, updates }) =>
    gram[2]?.[2] === 0n ? [] : updates.map((_, trainer) => squaredCosine(gram, trainer)),
  );
  const measured = CUTS.map((staleCut) => {
    const runs = run({ attackers: [], rateFactor, staleCut });
    const stale = everyRound(runs).flatMap(({ outcome, updates }) =>
      updates.map((_, trainer) => (outcome.verdicts[trainer] === "stale-copy" ? 1 : 0)),
    );
    return `${percent(mean(stale))} / ${voidPart(runs)} / ${accuracyOf(runs)}`;
  });
  const extremes = [quantile(cosines, 0.5), quantile(cosines, 0.99), Math.max(...cosines)];
  return [name, rateFactor, ...extremes.map(rounded), ...measured];
}

/** How cuts against stale copies treat honest trainers, at slower rates and with more data for each trainer too. */
export function staleCuts(options: ExperimentOptions): Table {
  const rows = settings(options).flatMap(({ name, run }) =>
    [1, 0.2, 0.05].map((rateFactor) => cutRow(name, rateFactor, run)),
  );
  if (options.tasks.some(({ name }) => name === "table")) {
    const [trainerSamples, referenceSteps] = [50_000, 450];
    const large = { task: tableTask(60_000), trainerSamples, referenceSteps, rounds: 8, seed: 1 };
    for (const rateFactor of [0.1, 0.01]) {
      const run = (change: Partial<FederationOptions>) => [
        runFederation({ ...large, plan: "iid", ...change }),
      ];
      rows.push(cutRow("table iid, 50,000 samples", rateFactor, run));
    }
  }
  return {
    title:
      "Honest updates and the last aggregate: cos^2, and what a cut does (honest rejected as stale % / void rounds % / accuracy %)",
    columns: ["task", "rate", "median", "99 %", "largest", "0.9", "0.95", "0.99", "1023/1024"],
    rows,
  };
}

/** What the void-round quorum does with good and bad references. */
export function quorum(options: ExperimentOptions): Table {
  const roots: RootKind[] = [
    "clean",
    "half of the classes",
    "20 % random labels",
    "50 % random labels",
  ];
  const rows = settings(options).flatMap(({ name, run }) =>
    roots.flatMap((root) =>
      [undefined, LABEL_FLIP].map((attack) => {
        const cells = [false, true].map((hasQuorum) => {
          const runs = run({ root, hasQuorum, ...(attack ? { attack } : { attackers: [] }) });
          const theirs = mean(runs.map((each) => partOfPay(each, each.attackers, "shares")));
          return { runs, theirs: rounded(theirs) };
        });
        const [free, strict] = cells as [(typeof cells)[0], (typeof cells)[0]];
        return [
          name,
          root,
          attack?.name ?? "none",
          accuracyOf(free.runs),
          accuracyOf(strict.runs),
          voidPart(strict.runs),
          percent(honestRejected(strict.runs)),
          free.theirs,
          strict.theirs,
        ];
      }),
    ),
  );
  return {
    title: "Quorum: fewer than half accepted makes a round void",
    columns: [
      "task",
      "root",
      "attack",
      "accuracy without",
      "accuracy with",
      "void %",
      "honest rejected %",
      "attackers' pay without",
      "with",
    ],
    rows,
  };
}

/** What the first trainer earns as several identities, over what it earns as one. */
export function splitting(options: ExperimentOptions): Table {
  const kinds: PayKind[] = [
    "shares",
    "1 - cos^2",
    "no novelty",
    "flat even",
    "flat by weight",
    "flat even and cap",
  ];
  const rows = settings(options).flatMap(({ name, run }) =>
    (["size", "equal"] as const).flatMap((baseWeight) => {
      const alone = run({ attackers: [], baseWeight });
      return [2, 3].map((splits) => {
        const split = run({ attackers: [], baseWeight, splits });
        const gains = kinds.map((kind) => {
          const earned = (runs: readonly Federation[]) =>
            mean(runs.map((each) => partOfPay(each, each.identities, kind)));
          return rounded(earned(split) / earned(alone));
        });
        return [name, `b by ${baseWeight}`, splits, ...gains];
      });
    }),
  );
  return {
    title: "One owner as several identities: total pay over pay as one",
    columns: ["task", "base weight", "identities", ...kinds],
    rows,
  };
}
