import { existsSync, writeFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { makeFolder } from "../../adapters/make-folder.ts";
import { systemFailure } from "../../command-line/system-failure.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { type Manifest, readManifest } from "../../protocol/manifest/manifest.ts";
import { ownerErrors } from "../errors.ts";

const size = z.int().min(0);

/**
 * `project.json`: what the owner's commands remember about a project. It stays on the owner's machine; what the world sees
 * is the manifest and the terms.
 */
const projectFileSchema = z.strictObject({
  version: z.literal(1),
  /** The owner's samples: as files of this folder, or drawn from a source that is too large to be copied. */
  sets: z.discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("files"),
      root: z.string(),
      pay: z.string(),
      validation: z.string(),
    }),
    z.strictObject({
      kind: z.literal("drawn"),
      source: z.string(),
      /** Samples of the source when the sets were drawn: another number would draw others. */
      samples: size,
      seed: z.string(),
      root: size,
      pay: size,
      validation: size,
    }),
  ]),
  /** What the data were that the sets come from; for `owner rehearse`. */
  data: z.strictObject({ source: z.string() }),
  /** Trainers that the owner expects. */
  trainers: z.int().min(1),
  /** A posting that was signed and has not been seen on the chain: written before any node has it, gone once it is `posted`. */
  posting: z
    .strictObject({
      chainId: z.string().regex(/^\d+$/),
      market: z.string(),
      transactionHash: z.string(),
      manifestCid: z.string(),
      /** The newest block when it was signed. */
      fromBlock: size,
      /** Absent in folders of earlier versions. */
      nonce: size.optional(),
    })
    .optional(),
  posted: z
    .strictObject({
      projectId: z.string().regex(/^\d+$/),
      chainId: z.string().regex(/^\d+$/),
      market: z.string(),
      transactionHash: z.string(),
    })
    .optional(),
});

/** The contents of `project.json`. */
export type ProjectFile = z.infer<typeof projectFileSchema>;

/** A folder that `owner init` made. */
export interface ProjectFolder {
  readonly folder: string;
  readonly project: ProjectFile;
  readonly manifest: Manifest;
  /** Text of `terms.json`; see `parseTerms`. */
  readonly termsText: string;
}

const PROJECT_FILE = "project.json";

/** What keeps a file from being read or written, in words: a full disk, say. */
export const fileFailure = (path: string, cause: unknown): CommonweightError =>
  new CommonweightError(ownerErrors.fileUnreadable, systemFailure(cause)?.message ?? path, {
    cause,
  });

async function readFrom(path: string): Promise<string> {
  return readFile(path, "utf8").catch((cause: unknown) => {
    throw fileFailure(path, cause);
  });
}

/**
 * Reads a project's folder.
 *
 * @throws CW4025 for what is no folder of a project, CW4013 for a file that is missing, CW4016 for a project file that is damaged, CW1200 to CW1202 for the manifest.
 */
export async function readProjectFolder(folder: string): Promise<ProjectFolder> {
  if (!existsSync(join(folder, PROJECT_FILE))) {
    throw new CommonweightError(ownerErrors.projectUnfound, folder);
  }
  const text = await readFrom(join(folder, PROJECT_FILE));
  const manifest = readManifest(
    new TextEncoder().encode(await readFrom(join(folder, "manifest.json"))),
  );
  const termsText = await readFrom(join(folder, "terms.json"));
  try {
    return { folder, project: projectFileSchema.parse(JSON.parse(text)), manifest, termsText };
  } catch (cause) {
    throw new CommonweightError(ownerErrors.projectFileDamaged, join(folder, PROJECT_FILE), {
      cause,
    });
  }
}

/** As {@link writeProjectFile}, and done when it returns: for what has to be on disk before something is sent. */
export function writeProjectFileNow(folder: string, project: ProjectFile): void {
  const path = join(folder, PROJECT_FILE);
  try {
    writeFileSync(path, fileText(project));
  } catch (cause) {
    throw fileFailure(path, cause);
  }
}

const fileText = (project: ProjectFile) => `${JSON.stringify(project, null, 2)}\n`;

/** Writes `project.json`. @throws CW4013 */
export async function writeProjectFile(folder: string, project: ProjectFile): Promise<void> {
  await writeInto(folder, PROJECT_FILE, fileText(project));
}

/** Writes a file of a project's folder, and the folders above it. @throws CW4013 */
export async function writeInto(folder: string, name: string, text: string): Promise<string> {
  const path = join(folder, name);
  try {
    makeFolder(join(path, ".."));
    await writeFile(path, text);
  } catch (cause) {
    throw fileFailure(path, cause);
  }
  return path;
}
