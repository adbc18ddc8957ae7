import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { CommonweightError, defineErrors } from "../protocol/errors.ts";

export const systemErrors = defineErrors([6540, 6549], {
  fileUnusable: {
    code: "CW6540",
    title: "A file or folder cannot be used",
    hint: "Check the path, its permissions and the room on its disk; --state names another folder for what programs keep.",
  },
  addressUnusable: {
    code: "CW6541",
    title: "This address cannot be listened on",
    hint: "--port takes another port, 0 any free one; --host takes an address of this machine.",
  },
});

const FILE_CODES: Readonly<Record<string, string>> = {
  EACCES: "not allowed",
  EPERM: "not allowed",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk is full",
  ENOENT: "it does not exist",
  ENOTDIR: "a file is where a folder should be",
  EEXIST: "something else is there already",
  EISDIR: "it is a folder",
  ELOOP: "links lead in a circle",
  ENAMETOOLONG: "the name is too long",
  EMFILE: "too many files are open",
};
const ADDRESS_CODES: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there",
  EADDRNOTAVAIL: "this machine has no such address",
  EACCES: "not allowed",
  ENOTFOUND: "this machine has no such address",
};

/**
 * What a refusal of the operating system means to whom it meets: a path or an address that somebody gave, not a bug of ours.
 *
 * @returns undefined for any other error.
 */
export function systemFailure(error: unknown): CommonweightError | undefined {
  if (!(error instanceof Error)) return undefined;
  const {
    code = "",
    syscall,
    path,
    address,
    port,
  } = error as NodeJS.ErrnoException & {
    readonly address?: string;
    readonly port?: number;
  };
  const isListening = syscall === "listen" || syscall === "getaddrinfo";
  const reason = (isListening ? ADDRESS_CODES : FILE_CODES)[code];
  if (reason === undefined || (!isListening && path === undefined)) return undefined;
  return isListening
    ? new CommonweightError(
        systemErrors.addressUnusable,
        `port ${port ?? "?"} of ${address ?? "?"}: ${reason}`,
        { cause: error },
      )
    : new CommonweightError(
        systemErrors.fileUnusable,
        `${path}: ${missingFolder(code, path) ?? reason}`,
        { cause: error },
      );
}

/** What is missing where a file was to be written, or looked for, in a folder that is not there. */
function missingFolder(code: string, path = ""): string | undefined {
  const folder = dirname(path);
  return code === "ENOENT" && !existsSync(folder) ? `there is no folder ${folder}` : undefined;
}
