// Powers of tau on disk, for Node only; browsers pass bytes.
import { createHash, randomUUID } from "node:crypto";
import { open, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CommonweightError } from "../../protocol/errors.ts";
import { makeFolder } from "../make-folder.ts";
import { curveErrors } from "./errors.ts";
import type { RandomAccess } from "./srs-file.ts";

const DEVELOPMENT_FILE = /^development-powers-(\d+)\.ptau$/;
const CHECKED_FILE = "checked-powers.json";

/** Opens a file for reading in parts. */
export async function openFile(path: string): Promise<RandomAccess & AsyncDisposable> {
  try {
    const handle = await open(path, "r");
    const { size } = await handle.stat();
    return {
      size,
      async read(offset, length) {
        const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
        let done = 0;
        while (done < bytes.byteLength) {
          const { bytesRead } = await handle.read(
            bytes,
            done,
            bytes.byteLength - done,
            offset + done,
          );
          if (bytesRead === 0) break;
          done += bytesRead;
        }
        return bytes.subarray(0, done);
      },
      [Symbol.asyncDispose]: () => handle.close(),
    };
  } catch (cause) {
    throw new CommonweightError(curveErrors.srsUnreadable, `cannot read ${path}`, { cause });
  }
}

/** sha256 in hex. */
export function checksum(parts: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  // Rename, so that another process never sees half a file.
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, content);
  await rename(draft, path);
}

/** The smallest stored set of development powers with at least `count` of them and an intact checksum, or null. */
export async function findDevelopmentPowers(
  cacheDir: string,
  count: number,
): Promise<Uint8Array | null> {
  const names = await readdir(cacheDir).catch(() => []);
  const sizes = names
    .flatMap((name) => DEVELOPMENT_FILE.exec(name)?.[1] ?? [])
    .map(Number)
    .filter((size) => size >= count)
    .sort((a, b) => a - b);
  for (const size of sizes) {
    const path = join(cacheDir, `development-powers-${size}.ptau`);
    const bytes = await readFile(path).catch(() => null);
    const expected = await readFile(`${path}.sha256`, "utf8").catch(() => null);
    if (bytes && expected?.trim() === checksum([bytes])) return bytes;
  }
  return null;
}

/** Stores development powers with their checksum. */
export async function storeDevelopmentPowers(
  cacheDir: string,
  count: number,
  bytes: Uint8Array,
): Promise<void> {
  makeFolder(cacheDir);
  const path = join(cacheDir, `development-powers-${count}.ptau`);
  await writeWhole(path, bytes);
  await writeWhole(`${path}.sha256`, `${checksum([bytes])}\n`);
}

async function readChecked(cacheDir: string): Promise<string[]> {
  const text = await readFile(join(cacheDir, CHECKED_FILE), "utf8").catch(() => "[]");
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.filter((item) => typeof item === "string") : [];
  } catch {
    // A damaged list only costs another check.
    return [];
  }
}

/** True when powers with this checksum have passed `checkPowers` on this machine before. */
export async function isChecked(cacheDir: string, sum: string): Promise<boolean> {
  return (await readChecked(cacheDir)).includes(sum);
}

/** Remembers that powers with this checksum have passed `checkPowers`. */
export async function rememberChecked(cacheDir: string, sum: string): Promise<void> {
  makeFolder(cacheDir);
  const list = new Set(await readChecked(cacheDir)).add(sum);
  await writeWhole(join(cacheDir, CHECKED_FILE), JSON.stringify([...list]));
}
