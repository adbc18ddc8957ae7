/** A change that makes no difference, and why. */
export interface EquivalentMutant {
  readonly file: string;
  readonly original: string;
  readonly mutated: string;
  readonly reason: string;
}

/** Looked through by hand. */
export const equivalentMutants: readonly EquivalentMutant[] = [];
