import { CommonweightError } from "../../protocol/errors.ts";
import { learningErrors } from "../errors.ts";
import { type GaussianRelease, privacySpent } from "./renyi-accountant.ts";

/** Where a ledger's text is kept: a file, a database row, browser storage. `write` returns when it is durable. */
export interface LedgerStorage {
  read(): Promise<string | null>;
  write(text: string): Promise<void>;
}

/** What a trainer allows itself to spend over all projects together. */
export interface PrivacyBudget {
  readonly epsilon: number;
  readonly delta: number;
}

/** One update that left this trainer. */
export interface PrivacyEntry {
  readonly projectId: string;
  readonly roundIndex: number;
  /** Noise multiplier: standard deviation over clip norm. 0 for an update without accounted noise. */
  readonly noiseMultiplier: number;
}

/** Spent and left, for a person to read. */
export interface PrivacyStatement {
  readonly spentEpsilon: number;
  readonly delta: number;
  readonly budgetEpsilon: number;
  readonly updates: number;
  readonly sentence: string;
}

/**
 * Two data sets of one trainer, however different, give updates at most two clip norms apart. So what is protected is
 * the trainer's whole data set, against everybody including the aggregator (local model).
 */
const SENSITIVITY_IN_CLIP_NORMS = 2;

const VERSION = 1;

/** Reads the entries. @throws CommonweightError CW3202 when the text is not a ledger. */
export async function readPrivacyEntries(storage: LedgerStorage): Promise<readonly PrivacyEntry[]> {
  const text = await storage.read();
  if (text === null) return [];
  try {
    const stored = JSON.parse(text) as { version?: unknown; entries?: unknown };
    if (stored.version !== VERSION || !Array.isArray(stored.entries)) {
      throw new TypeError("no entries of version 1");
    }
    return stored.entries.map(readEntry);
  } catch (cause) {
    throw new CommonweightError(learningErrors.privacyLedgerDamaged, undefined, { cause });
  }
}

function readEntry(value: unknown): PrivacyEntry {
  const { projectId, roundIndex, noiseMultiplier } = value as Record<string, unknown>;
  if (
    typeof projectId !== "string" ||
    typeof roundIndex !== "number" ||
    typeof noiseMultiplier !== "number" ||
    !(noiseMultiplier >= 0)
  ) {
    throw new TypeError("an entry is malformed");
  }
  return { projectId, roundIndex, noiseMultiplier };
}

/** Entries as releases for the accountant; equal ones together. */
function asReleases(entries: readonly PrivacyEntry[]): GaussianRelease[] {
  const counts = new Map<number, number>();
  for (const { noiseMultiplier } of entries) {
    counts.set(noiseMultiplier, (counts.get(noiseMultiplier) ?? 0) + 1);
  }
  return [...counts].map(([multiplier, releases]) => ({
    noiseToSensitivity: multiplier / SENSITIVITY_IN_CLIP_NORMS,
    releases,
  }));
}

/** States honestly what the entries cost; an update without accounted noise makes epsilon infinite. */
export function privacyStatement(
  entries: readonly PrivacyEntry[],
  budget: PrivacyBudget,
): PrivacyStatement {
  const isUnprotected = entries.some(({ noiseMultiplier }) => noiseMultiplier === 0);
  const spentEpsilon = isUnprotected
    ? Number.POSITIVE_INFINITY
    : privacySpent(asReleases(entries), budget.delta).epsilon;
  return {
    spentEpsilon,
    delta: budget.delta,
    budgetEpsilon: budget.epsilon,
    updates: entries.length,
    sentence: sentenceFor(spentEpsilon, entries.length, budget),
  };
}

function sentenceFor(epsilon: number, updates: number, budget: PrivacyBudget): string {
  if (epsilon === Number.POSITIVE_INFINITY) {
    return `${updates} updates, some without Gaussian noise: no differential privacy is claimed.`;
  }
  const spent = `${updates} updates, (epsilon ${epsilon.toFixed(2)}, delta ${budget.delta}) of epsilon ${budget.epsilon}`;
  // Beyond about 10 the bound allows an observer to be almost sure about the data.
  return epsilon > 10 ? `${spent}: this much noise masks, it does not protect.` : `${spent}.`;
}

/**
 * Records an update before it leaves, or refuses it. Repeating a round that is already recorded costs nothing: a worker
 * that restarts sends the same stored update again.
 *
 * @throws CommonweightError CW3201 when the budget would be exceeded; nothing is recorded then.
 */
export async function spendPrivacy(
  storage: LedgerStorage,
  entry: PrivacyEntry,
  budget: PrivacyBudget,
): Promise<PrivacyStatement> {
  const entries = await readPrivacyEntries(storage);
  const isKnown = entries.some(
    ({ projectId, roundIndex }) => projectId === entry.projectId && roundIndex === entry.roundIndex,
  );
  if (isKnown) return privacyStatement(entries, budget);
  const next = [...entries, entry];
  const statement = privacyStatement(next, budget);
  if (!(statement.spentEpsilon <= budget.epsilon)) {
    const before = privacyStatement(entries, budget);
    throw new CommonweightError(
      learningErrors.privacyBudgetExhausted,
      `this round would bring epsilon from ${before.spentEpsilon.toFixed(2)} to ${statement.spentEpsilon.toFixed(2)}, above your ${budget.epsilon}`,
      { details: { before: before.spentEpsilon, after: statement.spentEpsilon } },
    );
  }
  await storage.write(JSON.stringify({ version: VERSION, entries: next }));
  return statement;
}
