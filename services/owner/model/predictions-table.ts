import type { CsvTable } from "../../learning/data/formats/csv-table.ts";
import type { Predictions } from "../../learning/training/predict.ts";

/** A name that no column has yet. */
function freeName(name: string, taken: readonly string[]): string {
  return taken.includes(name) ? freeName(`${name}_`, taken) : name;
}

/**
 * Predictions as a table: beside the rows that they are about, or else beside the samples' names or numbers, counted from 0.
 *
 * @param options.isDetailed With a column for each class, of how sure the model is of it.
 */
export function predictionsTable(
  { classes, probabilities, classCount }: Predictions,
  options: {
    readonly classNames: readonly string[] | undefined;
    readonly table?: CsvTable | undefined;
    readonly names?: readonly string[] | undefined;
    readonly isDetailed: boolean;
  },
): CsvTable {
  const { classNames, names, isDetailed } = options;
  const about: CsvTable = options.table ?? {
    header: ["sample"],
    rows: Array.from(classes, (_, i) => [names?.[i] ?? String(i)]),
  };
  const nameOf = (k: number) => classNames?.[k] ?? String(k);
  const all = Array.from({ length: classCount }, (_, k) => k);
  const added = [
    ...["predicted", "confidence"],
    ...(isDetailed ? all.map((k) => `p(${nameOf(k)})`) : []),
  ];
  const sureness = (i: number, k: number) =>
    (probabilities[i * classCount + k] as number).toFixed(4);
  return {
    header: [...about.header, ...added.map((name) => freeName(name, about.header))],
    rows: about.rows.map((row, i) => {
      const predicted = classes[i] as number;
      const details = isDetailed ? all.map((k) => sureness(i, k)) : [];
      return [...row, nameOf(predicted), sureness(i, predicted), ...details];
    }),
  };
}
