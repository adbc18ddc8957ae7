import { CommonweightError } from "../../../protocol/errors.ts";
import { learningErrors } from "../../errors.ts";
import { plainName } from "../plain-name.ts";
import { DATA_LIMITS } from "./data-limits.ts";

/** No reader of JSON agrees with another on a field of this name, and manifests name columns. */
const UNSAYABLE = "__proto__";

/**
 * Looks whether columns can be told apart by their names; those without a name are left to whoever reads the cells.
 *
 * @param format For messages: of what the columns are.
 * @throws CommonweightError CW3102 for a name that is doubled or impossible; CW3103 for too many columns.
 */
export function requireColumnNames(header: readonly string[], format: string): void {
  const malformed = (message: string) =>
    new CommonweightError(learningErrors.dataMalformed, `${format}: ${message}`);
  if (header.length > DATA_LIMITS.columns) {
    throw new CommonweightError(
      learningErrors.dataTooLarge,
      `${format} with ${header.length} columns`,
    );
  }
  const unsayable = header.indexOf(UNSAYABLE);
  if (unsayable >= 0)
    throw malformed(`column ${unsayable + 1} is called "${UNSAYABLE}"; rename it`);
  const doubled = header.find((name, i) => name !== "" && header.indexOf(name) !== i);
  if (doubled !== undefined) {
    const whyNumber = Number.isFinite(Number(doubled))
      ? "; is there a row of names above the samples?"
      : "";
    throw malformed(`column name "${doubled}" appears twice${whyNumber}`);
  }
}

/** Tells at which place a table has a column, however the name's letters are composed; -1 for none. */
export function columnFinder(header: readonly string[]): (name: string) => number {
  const places = new Map(header.map((name, place) => [plainName(name), place]));
  return (name) => places.get(plainName(name)) ?? -1;
}
