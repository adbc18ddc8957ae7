import { lstat, readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { CommonweightError } from "../../protocol/errors.ts";
import { learningErrors } from "../errors.ts";
import { nameSome } from "../name-some.ts";
import type { Dataset } from "./dataset.ts";
import { DATA_LIMITS } from "./formats/data-limits.ts";
import { decodeNamedImage, isImageName } from "./formats/decode-image.ts";
import { nameFileLater } from "./formats/name-file.ts";
import type { DecodedImage } from "./formats/pnm.ts";
import { imageDataset, imageShape } from "./image-dataset.ts";
import { isParquetName } from "./parquet-source.ts";
import { plainName } from "./plain-name.ts";

/** Options of {@link openImageFolder}. */
export interface ImageFolderOptions {
  /** Class names in the order of the model's outputs; the sorted names of the subfolders by default. */
  readonly classes?: readonly string[] | undefined;
  /** What the project's samples are like. */
  readonly inputShape?: readonly number[] | undefined;
}

async function readImage(path: string): Promise<DecodedImage> {
  // lstat: a link could point at any file of this machine.
  const info = await lstat(path);
  if (!info.isFile()) throw new CommonweightError(learningErrors.dataUnreadable, path);
  if (info.size > DATA_LIMITS.imageBytes) {
    throw new CommonweightError(learningErrors.dataTooLarge, `${path}: ${info.size} bytes`);
  }
  const bytes = await readFile(path);
  return nameFileLater(path, () => decodeNamedImage(path, bytes));
}

async function listImages(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && isImageName(entry.name))
    .map((entry) => join(folder, entry.name))
    .sort();
}

/** Pictures of other kinds, which many programs turn into PNG. */
const OTHER_PICTURES = /^\.(avif|bmp|gif|heic|tiff?|webp)$/;

/** Names the kinds of files that are there instead of images, and the way out. */
async function noImagesIn(
  folder: string,
  subfolders: readonly string[],
): Promise<CommonweightError> {
  const inside = await Promise.all(
    subfolders.map((name) => readdir(join(folder, name), { withFileTypes: true })),
  );
  const kindOf = ({ name }: { name: string }) => extname(name).toLowerCase() || name;
  const kinds = [...new Set(inside.flat().map(kindOf))].sort();
  const other = kinds.find((kind) => OTHER_PICTURES.test(kind));
  const deeper = subfolders.find((_, k) => inside[k]?.some((entry) => entry.isDirectory()));
  const shards = subfolders.find((_, k) => inside[k]?.some(({ name }) => isParquetName(name)));
  const advice =
    shards !== undefined
      ? `; bring ${join(folder, shards)}, where Parquet files are`
      : other !== undefined
        ? `; turn them into PNG, as "mogrify -format png */*${other}" does`
        : deeper !== undefined
          ? `; are the classes one folder deeper? Then bring ${join(folder, deeper)}`
          : "";
  return new CommonweightError(
    learningErrors.dataUnfit,
    `no .png, .jpg, .pgm or .ppm images in the subfolders of ${folder}; in them: ${kinds.length === 0 ? "nothing" : kinds.slice(0, 5).join(", ")}${advice}`,
  );
}

/** Folders that programs keep beside the classes. */
const isClassFolder = (name: string) => !name.startsWith(".") && name !== "__MACOSX";

/**
 * Opens a folder with one subfolder of images (PNG, JPEG, PGM, PPM) for each class. Images are decoded when needed; all must have
 * the size and channels of the first.
 *
 * @throws CommonweightError CW3101 when the folder cannot be read, CW3105 when there are no images or classes do not match;
 * reading a batch throws for a damaged or deviating image.
 */
export async function openImageFolder(
  folder: string,
  options: ImageFolderOptions = {},
): Promise<Dataset> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause) => {
    throw new CommonweightError(learningErrors.dataUnreadable, folder, { cause });
  });
  const found = entries
    .filter((entry) => entry.isDirectory() && isClassFolder(entry.name))
    .map(({ name }) => name)
    .sort();
  const classes = options.classes ?? found;
  const known = classes.map(plainName);
  const labelOf = (name: string) => known.indexOf(plainName(name));
  const unknown = found.filter((name) => labelOf(name) < 0);
  if (unknown.length > 0) {
    throw new CommonweightError(
      learningErrors.dataUnfit,
      `${folder} has classes that the project does not: ${nameSome(unknown)}; it has ${nameSome(classes)}`,
    );
  }
  const images: { path: string; label: number }[] = [];
  for (const name of found) {
    const label = labelOf(name);
    for (const path of await listImages(join(folder, name))) images.push({ path, label });
    if (images.length > DATA_LIMITS.images)
      throw new CommonweightError(learningErrors.dataTooLarge, folder);
  }
  if (images.length === 0) throw await noImagesIn(folder, found);
  const dataset = await openImageFiles(images, {
    ...{ inputShape: options.inputShape, classes: classes.length, files: "*/*" },
  });
  return { ...dataset, classNames: classes };
}

/**
 * Opens the images that lie in a folder itself or, when there are none, in its subfolders, of which nobody says what they show: each
 * gets class 0.
 *
 * @returns undefined when there are none; `names` are the files' paths in the folder.
 * @throws CommonweightError CW3101 when the folder cannot be read.
 */
export async function openImages(
  folder: string,
  options: { readonly classes: number; readonly inputShape?: readonly number[] | undefined },
): Promise<{ readonly dataset: Dataset; readonly names: readonly string[] } | undefined> {
  const own = await listImages(folder);
  const paths = own.length > 0 ? own : await listImagesBelow(folder);
  if (paths.length === 0) return undefined;
  const images = paths.map((path) => ({ path, label: 0 }));
  const names = paths.map((path) => relative(folder, path).replaceAll(sep, "/"));
  const files = own.length > 0 ? "*" : "*/*";
  return { dataset: await openImageFiles(images, { ...options, files }), names };
}

async function listImagesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const subfolders = entries
    .filter((entry) => entry.isDirectory() && isClassFolder(entry.name))
    .map(({ name }) => name)
    .sort();
  const lists = await Promise.all(subfolders.map((name) => listImages(join(folder, name))));
  const paths = lists.flat();
  if (paths.length > DATA_LIMITS.images) {
    throw new CommonweightError(learningErrors.dataTooLarge, folder);
  }
  return paths;
}

/** @param options.files What names them all in the folder, for a shell. */
async function openImageFiles(
  images: readonly { readonly path: string; readonly label: number }[],
  options: {
    readonly classes: number;
    readonly inputShape?: readonly number[] | undefined;
    readonly files: string;
  },
): Promise<Dataset> {
  const nameOf = (index: number) => images[index]?.path as string;
  return imageDataset({
    labels: Int32Array.from(images, ({ label }) => label),
    classes: options.classes,
    wanted: imageShape(options.inputShape),
    nameOf,
    readImage: (index) => readImage(nameOf(index)),
    adviceToFit: ({ channels, height, width }) =>
      `; in a copy of the folder "mogrify -resize ${width}x${height}! -type ${channels === 1 ? "Grayscale" : "TrueColor"} ${options.files}" makes them so`,
  });
}
