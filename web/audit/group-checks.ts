import type { FinishedCheck } from "./audit-messages.ts";

/** Checks of one kind, over all rounds or models. */
export interface CheckKind {
  readonly name: string;
  readonly part: AuditPart;
  readonly checks: readonly FinishedCheck[];
  /** FAILED if one failed; null if none failed and one was not done. */
  readonly isPassed: boolean | null;
}

/** The parts of an audit, in the order in which people ask. */
export const auditParts = ["setup", "rounds", "project"] as const;
export type AuditPart = (typeof auditParts)[number];

const SETUP = /^(contracts|verifying key|proving key|powers)/;

/** "model file 3" and "model file 4" are of one kind. */
const kindOf = (name: string) => name.replace(/ \d+$/, "s");

/** Gathers checks by kind, in the order in which they came. */
export function groupChecks(checks: readonly FinishedCheck[]): CheckKind[] {
  const kinds = new Map<string, FinishedCheck[]>();
  for (const check of checks) {
    const name = kindOf(check.name);
    kinds.set(name, [...(kinds.get(name) ?? []), check]);
  }
  return [...kinds].map(([name, found]) => ({
    name,
    checks: found,
    part: SETUP.test(name) ? "setup" : found[0]?.roundIndex === null ? "project" : "rounds",
    isPassed: found.some(({ isPassed }) => isPassed === false)
      ? false
      : found.every(({ isPassed }) => isPassed === true) || null,
  }));
}

/** Seconds that the checks of these kinds took, with the reading that they needed. */
export const secondsOf = (kinds: readonly CheckKind[]): number =>
  kinds
    .flatMap(({ checks }) => checks)
    .reduce((sum, { milliseconds }) => sum + milliseconds / 1000, 0);
