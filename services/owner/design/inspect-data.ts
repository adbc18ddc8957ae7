import { countValues } from "../../learning/count-values.ts";
import { dataFileOptions } from "../../learning/data/data-file-options.ts";
import type { Dataset, Normalisation } from "../../learning/data/dataset.ts";
import {
  describeTable,
  type TableDescription,
  tableData,
} from "../../learning/data/describe-table.ts";
import { featureScales } from "../../learning/data/feature-scales.ts";
import { fitReport, LEAST_DEVIATIONS, unrelatedText } from "../../learning/data/fit-report.ts";
import { parseCsv } from "../../learning/data/formats/csv.ts";
import { nameFile } from "../../learning/data/formats/name-file.ts";
import { isTableName } from "../../learning/data/is-table-name.ts";
import { measureLabelRelation } from "../../learning/data/label-relation.ts";
import { readTable } from "../../learning/data/open-data-files.ts";
import { openDataset } from "../../learning/data/open-dataset.ts";
import { countLabels } from "../../learning/data/partition.ts";
import { projectDataset } from "../../learning/data/project-dataset.ts";
import { channelsFirst, hasChannelsLast } from "../../learning/data/reshape-to-model.ts";
import { tableWarnings } from "../../learning/data/table-warnings.ts";
import { learningErrors } from "../../learning/errors.ts";
import { logisticRegression } from "../../learning/model-spec.ts";
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
  /** Of a table only. */
  readonly dropped: TableDescription["dropped"];
  /** Of a table only: what became of columns that are not plain numbers. */
  readonly told: TableDescription["told"];
  /** What may spoil training. */
  readonly warnings: readonly string[];
  /** Of a table only: its text, to be divided row by row. */
  readonly tableText?: string;
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
  options: { readonly target?: string | undefined; readonly drop?: readonly string[] } = {},
): Promise<DataSummary> {
  if (isTableName(source)) return inspectTable(source, options);
  const { dataset, classes } = await openCounted(source);
  const { inputShape } = dataset;
  const reportOn = async (normalisation?: Normalisation) => {
    const features = countValues(inputShape);
    return fitReport(
      projectDataset(dataset, { inputShape: [features], normalisation }),
      logisticRegression({ features, classes: dataset.classes }),
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
      ...(normalisation
        ? {
            normalisation: {
              mean: [...normalisation.mean],
              deviation: [...normalisation.deviation],
            },
          }
        : {}),
    },
    samples: dataset.size,
    classCounts: report.classCounts,
    ...{ dropped: [], told: [] },
    warnings: report.findings.map(({ message }) => message),
  };
}

/** Opens samples that are no table, with the classes that they say themselves. */
async function openCounted(source: string): Promise<{ dataset: Dataset; classes: string[] }> {
  const opened = await openDataset({ source, files: { findsClasses: true } });
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
  options: { readonly target?: string | undefined; readonly drop?: readonly string[] },
): Promise<DataSummary> {
  const tableText = await readTable(source);
  const table = nameFile(source, () => parseCsv(tableText));
  const description = nameFile(source, () => describeTable(table, options));
  const data = tableData(description);
  const dataset = await openDataset({ source, files: dataFileOptions(data) });
  const relation = await measureLabelRelation(dataset);
  return {
    source,
    dataset,
    data,
    samples: dataset.size,
    classCounts: await countLabels(dataset),
    ...{ dropped: description.dropped, told: description.told },
    warnings: [
      ...(relation && relation.deviations < LEAST_DEVIATIONS ? [unrelatedText(relation)] : []),
      ...tableWarnings(table, description),
    ],
    tableText,
  };
}
