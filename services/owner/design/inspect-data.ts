import { countValues } from "../../learning/count-values.ts";
import { tableDataset } from "../../learning/data/csv-dataset.ts";
import { dataFileOptions } from "../../learning/data/data-file-options.ts";
import type { Dataset, Normalisation } from "../../learning/data/dataset.ts";
import {
  describeTable,
  type TableDescription,
  tableData,
} from "../../learning/data/describe-table.ts";
import { featureScales } from "../../learning/data/feature-scales.ts";
import { fitReport, LEAST_DEVIATIONS, unrelatedText } from "../../learning/data/fit-report.ts";
import type { CsvTable } from "../../learning/data/formats/csv-table.ts";
import { nameFile } from "../../learning/data/formats/name-file.ts";
import { measureLabelRelation } from "../../learning/data/label-relation.ts";
import type { OpenDataFilesOptions } from "../../learning/data/open-data-files.ts";
import { isMnist, openDataset } from "../../learning/data/open-dataset.ts";
import { openParquetSource } from "../../learning/data/parquet-source.ts";
import type { ReadTable } from "../../learning/data/parquet-table.ts";
import { countLabels } from "../../learning/data/partition.ts";
import { projectDataset } from "../../learning/data/project-dataset.ts";
import { rareClassWarning } from "../../learning/data/rare-classes.ts";
import { readTable } from "../../learning/data/read-table.ts";
import { channelsFirst, hasChannelsLast } from "../../learning/data/reshape-to-model.ts";
import { labelColumn, sampleColumn } from "../../learning/data/sample-column.ts";
import { tableWarnings } from "../../learning/data/table-warnings.ts";
import { learningErrors } from "../../learning/errors.ts";
import { logisticRegression } from "../../learning/model-spec.ts";
import { nameSome } from "../../learning/name-some.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import type { Manifest } from "../../protocol/manifest/manifest.ts";

/** What the owner's data look like, as far as a project depends on it. */
export interface DataSummary {
  readonly source: string;
  readonly dataset: Dataset;
  /** The manifest's part about data, as it follows from them. */
  readonly data: Manifest["data"];
  readonly samples: number;
  readonly classCounts: readonly number[];
  /** Columns that are no part of the samples. */
  readonly dropped: TableDescription["dropped"];
  /** What became of columns that are not plain numbers. */
  readonly told: TableDescription["told"];
  /** What may spoil training. */
  readonly warnings: readonly string[];
  /** Of a table only: to be divided row by row. */
  readonly table?: CsvTable;
}

/** What the owner says of the columns. */
interface InspectOptions {
  readonly target?: string | undefined;
  readonly drop?: readonly string[];
}

/** Arrays whose values reach further are normalised; images are scaled when they are read. */
const LARGEST_RAW = 5;

/**
 * Looks at the owner's data and derives what a manifest says about them.
 *
 * @throws CW3101 for data that cannot be read, CW3102 to CW3105 for data that cannot be used.
 */
export async function inspectData(
  source: string,
  options: InspectOptions = {},
): Promise<DataSummary> {
  const read = isMnist(source) ? undefined : await readTable(source, options.drop);
  if (read !== undefined) return inspectTable(source, read, options);
  const stored = await storedSamples(source, options);
  const { dataset, classes } = await openCounted(source, {
    targetColumn: options.target,
    columns: stored && [stored.column],
  });
  const { inputShape } = dataset;
  const reportOn = async (normalisation?: Normalisation) => {
    const features = countValues(inputShape);
    return fitReport(
      projectDataset(dataset, { inputShape: [features], normalisation }),
      logisticRegression({ features, classes: dataset.classes }),
      normalisation && { normalisation: manifestForm(normalisation) },
    );
  };
  const raw = await reportOn();
  const { min, max, mean, deviation } = raw.range;
  const isRaw = Math.max(Math.abs(min), Math.abs(max)) > LARGEST_RAW && deviation > 0;
  const normalisation = isRaw
    ? ((await featureScales(dataset)) ?? { mean: [mean], deviation: [deviation] })
    : undefined;
  // What becomes of them is what may spoil training, not how they are written.
  const report = normalisation ? await reportOn(normalisation) : raw;
  const broken = report.findings.find(({ severity }) => severity === "blocking");
  if (broken) throw new CommonweightError(learningErrors.dataUnfit, `${source}: ${broken.message}`);
  return {
    source,
    dataset,
    data: {
      inputShape: [...inputShape],
      classes,
      ...(stored?.isSaid ? { table: { columns: [stored.column], target: stored.target } } : {}),
      ...(normalisation ? { normalisation: manifestForm(normalisation) } : {}),
    },
    samples: dataset.size,
    classCounts: report.classCounts,
    dropped: stored?.leftOut ?? [],
    told:
      stored && stored.leftOut.length > 0
        ? [
            {
              column: stored.column,
              what: `it holds ${stored.holds}, each of them a sample; the other columns are a table when this one is left out with --drop`,
            },
          ]
        : [],
    warnings: [
      ...report.findings.map(({ message }) => message),
      ...rareClassWarning(classes, report.classCounts),
    ],
  };
}

const manifestForm = ({ mean, deviation }: Normalisation) => ({
  mean: [...mean],
  deviation: [...deviation],
});

/** Which columns of Parquet files are samples and classes, and what became of the others. */
interface StoredSamples {
  readonly column: string;
  readonly holds: string;
  readonly target: string;
  /** The owner said which, and so everybody who brings such files has to know. */
  readonly isSaid: boolean;
  readonly leftOut: DataSummary["dropped"];
}

async function storedSamples(
  source: string,
  { target, drop = [] }: InspectOptions,
): Promise<StoredSamples | undefined> {
  const parquet = isMnist(source) ? undefined : await openParquetSource(source);
  const column = parquet && (await sampleColumn(parquet, { drop }));
  if (parquet === undefined || column === undefined) return undefined;
  const names = parquet.columns.map(({ name }) => name);
  const unknown = drop.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new CommonweightError(
      learningErrors.dataUnfit,
      `${source}: there is no column "${unknown}"; there are ${nameSome(names)}`,
    );
  }
  const own = labelColumn(parquet, target).name;
  const why = `the samples are column "${column.name}"`;
  return {
    column: column.name,
    holds: column.holds,
    target: own,
    isSaid: target !== undefined || drop.length > 0,
    leftOut: names
      .filter((name) => name !== column.name && name !== own)
      .map((name) => ({ column: name, why: drop.includes(name) ? "you said so" : why })),
  };
}

/** Opens samples that are no table, with the classes that they say themselves. */
async function openCounted(
  source: string,
  columns: Pick<OpenDataFilesOptions, "columns" | "targetColumn">,
): Promise<{ dataset: Dataset; classes: string[] }> {
  const files = { findsClasses: true, ...columns };
  const opened = await openDataset({ source, files });
  const dataset = hasChannelsLast(opened.inputShape) ? channelsFirst(opened) : opened;
  const classes =
    dataset.classNames ?? Array.from({ length: dataset.classes }, (_, k) => String(k));
  if (classes.length < 2) {
    throw new CommonweightError(
      learningErrors.dataUnfit,
      `${source}: all samples are of one class, "${classes[0]}"; a model tells 2 or more apart`,
    );
  }
  return { dataset, classes: [...classes] };
}

async function inspectTable(
  source: string,
  { table, leftOut }: ReadTable,
  { target, drop = [] }: InspectOptions,
): Promise<DataSummary> {
  const without = leftOut.map(({ column }) => column);
  const description = nameFile(source, () =>
    describeTable(table, { target, drop: drop.filter((name) => !without.includes(name)) }),
  );
  const data = tableData(description);
  const dataset = nameFile(source, () => tableDataset(table, dataFileOptions(data)));
  const relation = await measureLabelRelation(dataset);
  const classCounts = await countLabels(dataset);
  return {
    source,
    dataset,
    data,
    samples: dataset.size,
    classCounts,
    ...{ dropped: [...description.dropped, ...leftOut], told: description.told },
    warnings: [
      ...(relation && relation.deviations < LEAST_DEVIATIONS ? [unrelatedText(relation)] : []),
      ...tableWarnings(table, description),
      ...rareClassWarning(description.classes, classCounts),
    ],
    table,
  };
}
