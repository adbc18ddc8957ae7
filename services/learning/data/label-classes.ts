import { CommonweightError } from "../../protocol/errors.ts";
import { learningErrors } from "../errors.ts";
import { nameSome } from "../name-some.ts";
import { areWholeNumbers, classFinder, isWholeNumber } from "./class-finder.ts";
import type { DistinctLabels } from "./distinct-labels.ts";

/** What is known of the classes that labels stand for. */
export interface ClassNaming {
  /** Class names in the order of the model's outputs, as the project has them. */
  readonly classes?: readonly string[] | undefined;
  /** There is no project yet: the classes are what the labels say. */
  readonly findsClasses?: boolean | undefined;
  /** What the data themselves call their labels 0, 1, …: scikit-learn's `target_names`. */
  readonly ownNames?: readonly string[] | undefined;
}

/** The class of each sample. */
export interface LabelClasses {
  readonly labels: Int32Array;
  /** How many classes there are, whether they have samples or not. */
  readonly classes: number;
  /** What the classes are called, where that is known. */
  readonly classNames?: readonly string[] | undefined;
}

/** As many characters as a manifest's class name has at most. */
const LONGEST_NAME = 100;

const quoted = (label: string | number) =>
  typeof label === "number" ? String(label) : `"${label.slice(0, 40)}"`;

/**
 * Decides which class each label is. Texts are names of classes, and so are numbers where the project's classes are called by whole numbers
 * (`3`, `5`, `8`); for any other project numbers count its classes from 0. Without a project each different label is a class: numbers in
 * their order, texts sorted.
 *
 * @throws CommonweightError CW3105 naming the first sample whose label is no class.
 */
export function labelClasses(labels: DistinctLabels, naming: ClassNaming): LabelClasses {
  const { classes, findsClasses = false, ownNames } = naming;
  requireLabels(labels);
  if (typeof labels.values[0] === "number" && usesOwnNames(naming)) {
    return labelClasses(calledBy(labels, ownNames as readonly string[]), {
      classes: classes ?? ownNames,
    });
  }
  if (classes !== undefined) return knownClasses(labels, classes);
  return findsClasses ? foundClasses(labels) : countedClasses(labels);
}

/** A number stands for a class of the project already where that is called by numbers. */
function usesOwnNames({ classes, findsClasses, ownNames }: ClassNaming): boolean {
  if (ownNames === undefined) return false;
  return classes === undefined ? findsClasses === true : !areWholeNumbers(classes);
}

/**
 * A class as a number that {@link labelClasses} reads back as this class of this project.
 *
 * @example writtenLabel(1, ["3", "5", "8"]) // 5
 */
export function writtenLabel(label: number, classes: readonly string[] | undefined): number {
  return classes !== undefined && areWholeNumbers(classes) ? Number(classes[label]) : label;
}

function unfit({ name, firstSamples }: DistinctLabels, place: number, what: string) {
  const sample = firstSamples[place];
  return new CommonweightError(
    learningErrors.dataUnfit,
    `${name}: ${what.replace("#", String(sample))}`,
  );
}

/** @throws CW3105 for a label that can be no class of anything */
function requireLabels(labels: DistinctLabels): void {
  for (const [place, value] of labels.values.entries()) {
    if (typeof value === "number") {
      if (isWholeNumber(value)) continue;
      const advice = Number.isFinite(value) ? "; to learn an amount, divide it into ranges" : "";
      throw unfit(labels, place, `label ${value} of sample # is no number of a class${advice}`);
    }
    if (value === "") throw unfit(labels, place, "sample # has no label; leave it out");
    if (value.length > LONGEST_NAME) {
      const length = `${value.length} characters, of at most ${LONGEST_NAME}`;
      throw unfit(labels, place, `label ${quoted(value)}… of sample # has ${length}`);
    }
  }
}

/** Labels that were numbers, as the names that the data give them. */
function calledBy(labels: DistinctLabels, names: readonly string[]): DistinctLabels {
  const values = labels.values.map((value, place) => {
    const name = names[value as number];
    if (name !== undefined) return name;
    throw unfit(labels, place, `label ${value} of sample # has no name among ${nameSome(names)}`);
  });
  return { ...labels, values };
}

function placed({ places }: DistinctLabels, classOf: ArrayLike<number>): Int32Array {
  return places.map((place) => classOf[place] as number);
}

function knownClasses(labels: DistinctLabels, classes: readonly string[]): LabelClasses {
  const find = classFinder(classes);
  const isPosition = typeof labels.values[0] === "number" && !areWholeNumbers(classes);
  const classOf = labels.values.map((value, place) => {
    const found = isPosition ? Number(value) : find(String(value));
    if (found >= 0 && found < classes.length) return found;
    const known = isPosition
      ? `outside 0..${classes.length - 1}, the places of ${nameSome(classes)}`
      : `no class; classes are ${nameSome(classes)}`;
    throw unfit(labels, place, `label ${quoted(value)} of sample # is ${known}`);
  });
  return { labels: placed(labels, classOf), classes: classes.length, classNames: classes };
}

function foundClasses(labels: DistinctLabels): LabelClasses {
  const isNumeric = areWholeNumbers(labels.values.map(String));
  const names = [...new Set(labels.values.map(String))].sort(
    isNumeric ? (a, b) => Number(a) - Number(b) : undefined,
  );
  const find = classFinder(names);
  const classOf = labels.values.map((value) => find(String(value)));
  return { labels: placed(labels, classOf), classes: names.length, classNames: names };
}

/** For a project that names no classes: only their places can be meant. */
function countedClasses(labels: DistinctLabels): LabelClasses {
  const classOf = labels.values.map((value, place) => {
    if (typeof value === "string") {
      throw unfit(
        labels,
        place,
        `label ${quoted(value)} of sample # is a name, and the project names no classes; its labels are whole numbers from 0`,
      );
    }
    if (value >= 0) return value;
    throw unfit(labels, place, `label ${value} of sample # is below 0, the first class`);
  });
  const classes = classOf.reduce((most, label) => Math.max(most, label), -1) + 1;
  return { labels: placed(labels, classOf), classes };
}
