import { CommonweightError } from "../../protocol/errors.ts";
import { learningErrors } from "../errors.ts";
import type { Dataset } from "./dataset.ts";
import type { DecodedImage } from "./formats/pnm.ts";
import type { LabelClasses } from "./label-classes.ts";
import { rowDataset } from "./row-dataset.ts";

const MOST_CHANNELS = 4;

/** What all images of a data set have in common. */
export type ImageShape = Omit<DecodedImage, "values">;

/** Images that are decoded when a batch asks for them. */
export interface ImageSource extends LabelClasses {
  /** Decodes the image at a position. @throws CommonweightError naming it */
  readImage(index: number): Promise<DecodedImage>;
  /** For messages: what the image at a position is called. */
  nameOf(index: number): string;
  /** For messages: how other images get this form; begins with a semicolon. */
  adviceToFit(image: ImageShape): string;
  /** The form that the project wants, where it wants images. */
  readonly wanted?: ImageShape | undefined;
}

/** A shape as that of images with their channels first; undefined for what is none. */
export function imageShape(shape: readonly number[] | undefined): ImageShape | undefined {
  const [channels = 0, height = 0, width = 0] = shape ?? [];
  return shape?.length === 3 && channels <= MOST_CHANNELS ? { channels, height, width } : undefined;
}

const shapeText = ({ channels, height, width }: ImageShape) => `${channels} x ${height} x ${width}`;

/**
 * Makes a data set of images, of which all must have the size and channels of the first.
 *
 * @throws CommonweightError that of the first image; reading a batch throws for a damaged or deviating one (CW3105).
 */
export async function imageDataset(images: ImageSource): Promise<Dataset> {
  const { values: _, ...first } = await images.readImage(0);
  const { channels, height, width } = first;
  const { wanted } = images;
  const theProjects = wanted === undefined ? "" : `, the project's are ${shapeText(wanted)}`;
  const dataset = rowDataset(images, [channels, height, width], async (index) => {
    const image = await images.readImage(index);
    if (image.channels !== channels || image.height !== height || image.width !== width) {
      throw new CommonweightError(
        learningErrors.dataUnfit,
        `${images.nameOf(index)} is ${shapeText(image)}, the first image ${shapeText(first)}${theProjects}; all need the same channels, height and width${images.adviceToFit(wanted ?? first)}`,
      );
    }
    return image.values;
  });
  return {
    ...dataset,
    adviceToFit: (shape) => {
      const image = imageShape(shape);
      return image === undefined ? "" : images.adviceToFit(image);
    },
  };
}
