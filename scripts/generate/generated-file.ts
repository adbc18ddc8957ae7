import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { repositoryRoot } from "../repository.ts";

/** A file made from other files of the repository. */
export interface GeneratedFile {
  /** Below the repository's root, with forward slashes. */
  readonly path: string;
  readonly content: string;
}

/** Makes files from others; reads the repository, writes nothing. */
export type Generator = () => Promise<GeneratedFile[]>;

/** True when the file on disk is the generated one. */
export async function isCurrent({ path, content }: GeneratedFile): Promise<boolean> {
  const onDisk = await readFile(join(repositoryRoot, path), "utf8").catch(() => undefined);
  return onDisk === content;
}

/** Writes the file unless it is current; true when it was written. */
export async function writeGenerated(file: GeneratedFile): Promise<boolean> {
  if (await isCurrent(file)) return false;
  const path = join(repositoryRoot, file.path);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, file.content);
  return true;
}
