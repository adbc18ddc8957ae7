/** One small change of a source. */
export interface Mutant {
  /** Counted from 1. */
  readonly line: number;
  /** The line before it. */
  readonly after: string;
  readonly original: string;
  readonly mutated: string;
  readonly source: string;
}

/** What stands for what. Spaces keep types, comments and arrows out of it. */
const SWAPS: readonly (readonly [string, string])[] = [
  [" < ", " <= "],
  [" <= ", " < "],
  [" > ", " >= "],
  [" >= ", " > "],
  [" == ", " != "],
  [" != ", " == "],
  [" && ", " || "],
  [" || ", " && "],
  [" + ", " - "],
  [" - ", " + "],
  [" * ", " / "],
  [" / ", " * "],
  [" % ", " / "],
  [" += ", " -= "],
  [" -= ", " += "],
  [" >> ", " << "],
  [" << ", " >> "],
  [" & ", " | "],
  [" | ", " & "],
  ["++", "--"],
];

/** A statement on a line of its own that can be left out: an effect, an event, a check, an early end. */
const STATEMENT =
  /^\s+(emit .*|if \(.*\) [^{]*|[\w.[\]]+(\([^=]*\))? ?[-+]?=[^=].*|delete .*|_\w+\(.*\));$/;

/**
 * Every swap of an operator and every left-out statement in the code of a Solidity source, one at a time. Declarations of constants,
 * comments and lines that only declare are left alone.
 */
export function mutantsOf(source: string): Mutant[] {
  const lines = source.split("\n");
  return lines.flatMap((original, index) => {
    const code = original.replace(/\/\/.*$/, "").trimEnd();
    if (/^\s*(\/\/\/|\*|import|pragma|using)/.test(original) || / constant /.test(code)) return [];
    const changed = [
      // An operator may end its line.
      ...SWAPS.flatMap(([from, to]) => swapped(`${code} `, from, to)),
      ...(STATEMENT.test(code) && !/^\s+(u?int\d+|bool|address|bytes\d*) /.test(code) ? [""] : []),
    ];
    return changed.map((mutated) => ({
      line: index + 1,
      after: lines[index - 1]?.trim() ?? "",
      original: original.trim(),
      mutated: mutated.trim(),
      source: lines.with(index, mutated).join("\n"),
    }));
  });
}

function swapped(code: string, from: string, to: string): string[] {
  const results: string[] = [];
  for (let at = code.indexOf(from); at !== -1; at = code.indexOf(from, at + from.length)) {
    results.push(code.slice(0, at) + to + code.slice(at + from.length));
  }
  return results;
}
