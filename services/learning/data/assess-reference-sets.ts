import { CommonweightError } from "../../protocol/errors.ts";
import { percentText } from "../../protocol/percent-text.ts";
import { learningErrors } from "../errors.ts";
import { nameSome } from "../name-some.ts";
import { seededRandom, shuffledIndices } from "../random.ts";
import type { Dataset } from "./dataset.ts";
import { countLabels } from "./partition.ts";
import { rareClasses } from "./rare-classes.ts";

/** Something about a root or pay set that the owner should know. */
export interface ReferenceFinding {
  /** `blocking`: opening rounds with it would cheat trainers. */
  readonly severity: "blocking" | "warning";
  readonly set: "root" | "pay" | "both";
  readonly message: string;
}

/** How labels compare with those of similar samples. */
export interface LabelSanity {
  /** Share of samples whose label contradicts neighbours that agree with each other. */
  readonly suspects: number;
  /** Share of neighbours with the same label. */
  readonly agreement: number;
  /** The same if labels had nothing to do with similarity: much, where one class has nearly all samples. */
  readonly chance: number;
}

/** What a check of the sets saw. */
export interface ReferenceAssessment {
  readonly findings: readonly ReferenceFinding[];
  readonly rootCounts: readonly number[];
  readonly payCounts: readonly number[];
}

/** What a comparison of their labels saw; no finding of it is blocking. */
export interface LabelAssessment {
  readonly findings: readonly ReferenceFinding[];
  readonly rootLabels: LabelSanity;
  readonly payLabels: LabelSanity;
}

/** Root and pay set. */
interface ReferenceSets {
  readonly rootSet: Dataset;
  /** Null when the project has no pay gradient. */
  readonly paySet: Dataset | null;
  /** What the project calls its classes; their numbers stand for them without. */
  readonly classNames?: readonly string[] | undefined;
}

/** Advised sizes (`docs/rules.md`, "Contribution and share"). */
const ADVISED = { root: 100, pay: 500 } as const;
/** Samples compared with each other: the effort grows with the square. */
const MOST_COMPARED = 600;
const NEIGHBOURS = 5;
/**
 * Measured on 200 and 500 samples of MNIST: clean 2 to 6 % of suspects and agreement 0.7 to 0.8; a tenth of random labels
 * 6 to 10 %, a fifth 9 to 12 %. With half of them random, neighbours agree on nothing: agreement falls below 0.3. Where similar samples
 * have the same label hardly more often than by chance, suspects are what chance makes of them: a tenth of three equal classes, and
 * nearly all samples of a rare class.
 */
const SUSPECT_SHARE = 0.06;
const LEAST_BEYOND_CHANCE = 0.33;

/**
 * Checks root and pay set before a project opens. A missing class makes the rule reject honest trainers
 * or pay by chance; shared samples let a leak of one set spoil both.
 */
export async function assessReferenceSets(sets: ReferenceSets): Promise<ReferenceAssessment> {
  const { rootSet, paySet, classNames } = sets;
  const rootCounts = await countLabels(rootSet);
  const payCounts = paySet ? await countLabels(paySet) : [];
  const shared = paySet ? await countShared(rootSet, paySet) : 0;
  const findings = [
    ...coverageFindings("root", rootCounts, classNames),
    ...coverageFindings("pay", payCounts, classNames),
  ];
  if (shared > 0) {
    const message = `${shared} samples are in both sets. Keep them disjoint: whoever learns one set then still does not know the pay.`;
    findings.push({ severity: "blocking", set: "both", message });
  }
  return { findings, rootCounts, payCounts };
}

/**
 * Looks for wrong labels, which pay attackers: compares every sample with those most like it. Takes a good part of a second where
 * the other checks take none.
 */
export async function assessReferenceLabels(sets: ReferenceSets): Promise<LabelAssessment> {
  const { rootSet, paySet } = sets;
  const rootLabels = await compareLabels(rootSet);
  const payLabels = paySet ? await compareLabels(paySet) : NOTHING_SUSPICIOUS;
  const findings = [...labelFindings("root", rootLabels), ...labelFindings("pay", payLabels)];
  return { findings, rootLabels, payLabels };
}

/** @throws CommonweightError CW3401 with the findings when one of them is blocking. */
export function requireSoundReferences(findings: readonly ReferenceFinding[]): void {
  const blocking = findings.filter(({ severity }) => severity === "blocking");
  if (blocking.length === 0) return;
  throw new CommonweightError(
    learningErrors.referenceInvalid,
    blocking.map(({ message }) => message).join(" "),
    { details: { findings } },
  );
}

function coverageFindings(
  set: "root" | "pay",
  counts: readonly number[],
  classNames: readonly string[] = [],
): ReferenceFinding[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (counts.length === 0) return [];
  const findings: ReferenceFinding[] = [];
  const missing = counts.flatMap((count, k) => (count === 0 ? [k] : []));
  const rare = rareClasses(counts);
  const named = (classes: readonly number[]) =>
    nameSome(classes.map((k) => (classNames[k] === undefined ? String(k) : `"${classNames[k]}"`)));
  if (missing.length > 0) {
    const message = `The ${set} set has no sample of class ${named(missing)}. Honest trainers who know these classes would be rejected or unpaid.`;
    findings.push({ severity: "blocking", set, message });
  }
  if (rare.length > 0) {
    const message = `The ${set} set has very few samples of class ${named(rare)}.`;
    findings.push({ severity: "warning", set, message });
  }
  if (total < ADVISED[set]) {
    const message = `The ${set} set has ${total} samples; ${ADVISED[set]} or more are advised.`;
    findings.push({ severity: "warning", set, message });
  }
  return findings;
}

function labelFindings(set: "root" | "pay", sanity: LabelSanity): ReferenceFinding[] {
  const { suspects, agreement, chance } = sanity;
  if ((agreement - chance) / Math.max(1 - chance, Number.EPSILON) < LEAST_BEYOND_CHANCE) {
    const message = `In the ${set} set similar samples have the same label in ${percentText(agreement, 0)}, by chance in ${percentText(chance, 0)}: either similarity says little about this task, or many labels are wrong.`;
    return [{ severity: "warning", set, message }];
  }
  if (suspects >= SUSPECT_SHARE) {
    const message = `In the ${set} set ${percentText(suspects, 0)} of the labels contradict similar samples: their classes overlap, or the labels are wrong, which would pay attackers. Look through them.`;
    return [{ severity: "warning", set, message }];
  }
  return [];
}

async function readAll(
  dataset: Dataset,
  most: number,
): Promise<{ rows: Float32Array[]; labels: Int32Array }> {
  const order = shuffledIndices(dataset.size, seededRandom("commonweight/assess"));
  const { inputs, labels } = await dataset.readBatch(order.subarray(0, most));
  const length = inputs.length / Math.max(1, labels.length);
  const rows = Array.from(labels, (_, i) => inputs.subarray(i * length, (i + 1) * length));
  return { rows, labels };
}

const NOTHING_SUSPICIOUS: LabelSanity = { suspects: 0, agreement: 1, chance: 0 };

/** Values between two looks whether a distance is too large already. */
const BLOCK = 64;

/** The squared distance; anything not below `limit` once it is clear that it is not: most pairs are far from each other. */
function squaredDistance(left: Float32Array, right: Float32Array, limit: number): number {
  let sum = 0;
  for (let from = 0; from < left.length && sum < limit; from += BLOCK) {
    const to = Math.min(from + BLOCK, left.length);
    for (let j = from; j < to; j++) {
      const difference = (left[j] as number) - (right[j] as number);
      sum += difference * difference;
    }
  }
  return sum;
}

/** Places of the rows nearest to the one at `place`, nearest first; of equally near ones the first. */
function nearestTo(rows: readonly Float32Array[], place: number): number[] {
  const row = rows[place] as Float32Array;
  const nearest: { readonly place: number; readonly distance: number }[] = [];
  rows.forEach((other, at) => {
    if (at === place) return;
    const limit = nearest[NEIGHBOURS - 1]?.distance ?? Number.POSITIVE_INFINITY;
    const distance = squaredDistance(row, other, limit);
    if (distance >= limit) return;
    const after = nearest.findIndex((each) => each.distance > distance);
    nearest.splice(after < 0 ? nearest.length : after, 0, { place: at, distance });
    if (nearest.length > NEIGHBOURS) nearest.pop();
  });
  return nearest.map((each) => each.place);
}

/** Compares each sample with its five nearest others; a suspect is one whose neighbours agree on another label. */
async function compareLabels(dataset: Dataset): Promise<LabelSanity> {
  const { rows, labels } = await readAll(dataset, MOST_COMPARED);
  if (rows.length <= NEIGHBOURS) return NOTHING_SUSPICIOUS;
  let [suspects, agreeing] = [0, 0];
  rows.forEach((_, i) => {
    const votes = new Map<number, number>();
    for (const j of nearestTo(rows, i)) {
      const label = labels[j] as number;
      votes.set(label, (votes.get(label) ?? 0) + 1);
    }
    const own = votes.get(labels[i] as number) ?? 0;
    agreeing += own;
    if (own <= 1 && [...votes.values()].some((count) => count >= NEIGHBOURS - 1)) suspects += 1;
  });
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return {
    suspects: suspects / rows.length,
    agreement: agreeing / (NEIGHBOURS * rows.length),
    chance: [...counts.values()].reduce((sum, count) => sum + (count / rows.length) ** 2, 0),
  };
}

/** The same for the same samples; what differs has another one, as a rule. */
function checksum(row: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < row.length; index++) sum += (row[index] as number) * (index + 1);
  return sum;
}

async function countShared(rootSet: Dataset, paySet: Dataset): Promise<number> {
  const root = await readAll(rootSet, rootSet.size);
  const pay = await readAll(paySet, paySet.size);
  const known = Map.groupBy(root.rows, checksum);
  const isSame = (row: Float32Array, other: Float32Array) =>
    row.length === other.length && row.every((value, index) => value === other[index]);
  return pay.rows.filter((row) => known.get(checksum(row))?.some((other) => isSame(row, other)))
    .length;
}
