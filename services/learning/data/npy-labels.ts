import { CommonweightError } from "../../protocol/errors.ts";
import { countValues } from "../count-values.ts";
import { learningErrors } from "../errors.ts";
import { nameSome } from "../name-some.ts";
import { areWholeNumbers } from "./class-finder.ts";
import { gatherLabels, MOST_CLASSES } from "./distinct-labels.ts";
import { decodeNpyTexts, decodeNpyValues } from "./formats/npy.ts";
import { type NpyArray, readPieces } from "./formats/npy-array.ts";
import { type ClassNaming, type LabelClasses, labelClasses } from "./label-classes.ts";

/**
 * Reads an array of labels: a number or a text for each sample, or a column for each class of which one is 1.
 *
 * @param size How many samples there are.
 * @throws CommonweightError CW3102 for text that is none, CW3105 naming the first sample whose label is no class.
 */
export async function readNpyLabels(
  array: NpyArray,
  size: number,
  naming: ClassNaming,
): Promise<LabelClasses> {
  const { source, header } = array;
  const { format, isText } = header;
  const [first, ...others] = header.shape;
  const columns = others.filter((side) => side !== 1);
  if (first !== size || columns.length > 1) {
    throw new CommonweightError(
      learningErrors.dataUnfit,
      `${source.name} has labels of shape [${header.shape}] for ${size} samples; they are [${size}], or [${size}, classes] with a 1 in the class's column`,
    );
  }
  const [width] = columns;
  if (width !== undefined) return positionClasses(await readPositions(array, size), width, naming);
  if (isText) {
    const gathered = gatherLabels<string>(source.name, size);
    await readPieces(array, (bytes) =>
      gathered.add(decodeNpyTexts(bytes, format, source.name).map((text) => text.trim())),
    );
    return labelClasses(gathered.all(), naming);
  }
  const gathered = gatherLabels<number>(source.name, size);
  await readPieces(array, (bytes) => gathered.add(decodeNpyValues(bytes, format)));
  return labelClasses(gathered.all(), naming);
}

interface Positions {
  readonly name: string;
  readonly positions: Int32Array;
}

/** Reads which column of each row is 1. @throws CW3105 for a row that is not all 0 but for one 1 */
async function readPositions(array: NpyArray, size: number): Promise<Positions> {
  const { name } = array.source;
  const { format, isText, isFirstFastest, shape } = array.header;
  const width = countValues(shape) / size;
  const positions = new Int32Array(size).fill(-1);
  const refuse = (sample: number, what: string) => {
    throw new CommonweightError(
      learningErrors.dataUnfit,
      `${name}: labels of shape [${shape}] need one 1 in each row, and sample ${sample} has ${what}`,
    );
  };
  if (isText) refuse(0, "texts; one label a sample, please");
  await readPieces(array, (bytes, firstValue) => {
    for (const [i, value] of decodeNpyValues(bytes, format).entries()) {
      if (value === 0) continue;
      const at = firstValue + i;
      const sample = isFirstFastest ? at % size : Math.floor(at / width);
      if (value !== 1) refuse(sample, `${value}; labels.argmax(axis=1) are the likeliest classes`);
      if (positions[sample] !== -1) refuse(sample, "two classes");
      positions[sample] = isFirstFastest ? Math.floor(at / size) : at % width;
    }
  });
  const none = positions.indexOf(-1);
  if (none >= 0) refuse(none, "no class");
  return { name, positions };
}

/** A column's place is its class, unless the data say what their columns are called and the project knows these names. */
function positionClasses(
  { name, positions }: Positions,
  width: number,
  naming: ClassNaming,
): LabelClasses {
  const { classes, findsClasses = false } = naming;
  const areNamed = findsClasses || (classes !== undefined && !areWholeNumbers(classes));
  const ownNames = areNamed ? naming.ownNames : undefined;
  const names = ownNames ?? classes;
  if (names !== undefined && names.length !== width) {
    throw new CommonweightError(
      learningErrors.dataUnfit,
      `${name} has ${width} columns for ${names.length} classes: ${nameSome(names)}`,
    );
  }
  if (ownNames !== undefined) {
    const gathered = gatherLabels<string>(name, positions.length);
    for (const position of positions) gathered.add([ownNames[position] as string]);
    return labelClasses(gathered.all(), { classes: classes ?? ownNames });
  }
  const numbered = findsClasses ? Array.from({ length: width }, (_, k) => String(k)) : undefined;
  return { labels: positions, classes: width, classNames: names ?? numbered };
}

/**
 * Reads what the data call their classes, in the order of their labels.
 *
 * @returns undefined for an array of numbers: it may mean anything.
 * @throws CommonweightError CW3105 for texts that are no list of different names.
 */
export async function readNpyNames(array: NpyArray): Promise<string[] | undefined> {
  const { source, header } = array;
  if (!header.isText) return undefined;
  const names: string[] = [];
  if (header.shape.length === 1 && countValues(header.shape) <= MOST_CLASSES) {
    await readPieces(array, (bytes) => {
      const texts = decodeNpyTexts(bytes, header.format, source.name);
      names.push(...texts.map((text) => text.trim()));
    });
  }
  if (names.length > 0 && new Set(names).size === names.length && !names.includes("")) return names;
  throw new CommonweightError(
    learningErrors.dataUnfit,
    `${source.name} is no list of different class names; leave it out, or call it otherwise`,
  );
}
