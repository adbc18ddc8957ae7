import { plainName } from "./plain-name.ts";
import { isNumber } from "./table-column.ts";

/** Whether a number can be a class or its name: whole, and written in four bytes. */
export const isWholeNumber = (value: number): boolean => (value | 0) === value;

/** Whether all classes are called by whole numbers: then a number that somebody writes is a class's name, not its position. */
export const areWholeNumbers = (classes: readonly string[]): boolean =>
  classes.every((name) => isNumber(name) && isWholeNumber(Number(name)));

/**
 * Finds the class that a text names; -1 for none. A number may be written otherwise than the project writes it: 1 and 1.0 are one class.
 *
 * @example classFinder(["cat", "dog"])(" dog ") // 1
 */
export function classFinder(classes: readonly string[]): (text: string) => number {
  const isNumeric = classes.every(isNumber);
  const places = new Map<string | number, number>(classes.map((name, k) => [plainName(name), k]));
  if (isNumeric) for (const [k, name] of classes.entries()) places.set(Number(name), k);
  return (text) => {
    const name = plainName(text);
    return places.get(name) ?? (isNumeric && isNumber(name) ? places.get(Number(name)) : -1) ?? -1;
  };
}
