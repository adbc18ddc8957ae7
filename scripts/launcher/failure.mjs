/**
 * Everything that can stop the launcher, with the way out. Stable codes, range 6900-6999;
 * `docs/errors.md` is generated from this table among others.
 *
 * The launcher has no dependencies and must run on Node 18, so it does not share the
 * TypeScript class `CommonweightError`; what it prints looks the same.
 */
export const launcherErrors = {
  nodeTooOld: {
    code: "CW6900",
    title: "This Node is too old to start Commonweight",
    hint: "Install Node 18 or newer; Commonweight then fetches the Node it runs on by itself.",
  },
  npmMissing: {
    code: "CW6901",
    title: "npm was not found",
    hint: "Install npm (it normally comes with Node) or run the command through `npm start` or `npm test`.",
  },
  platformUnsupported: {
    code: "CW6902",
    title: "There is no ready-made Node for this platform",
    hint: "Install Node 24 or newer yourself and run the same command with it.",
  },
  registryUnreachable: {
    code: "CW6903",
    title: "The package registry cannot be reached",
    hint: "Check the network connection and npm's registry and proxy settings (`npm ping`), then run the same command again.",
  },
  diskFull: {
    code: "CW6904",
    title: "There is not enough disk space",
    hint: "Free some space on the disk that holds this folder and run the same command again.",
  },
  notWritable: {
    code: "CW6905",
    title: "This folder cannot be written to",
    hint: "Make the folder writable for your user (a clone made with sudo often is not) or clone it elsewhere.",
  },
  packageRefused: {
    code: "CW6906",
    title:
      "A package of the lock file is missing from the registry or is not the one that was locked",
    hint: "If you use a mirror, check that it is complete. If it says EINTEGRITY, do not continue: the package was changed.",
  },
  installFailed: {
    code: "CW6907",
    title: "npm could not install the packages",
    hint: "The lines above are npm's own. Run the same command again; if it fails again, report it with those lines.",
  },
  nodeDoesNotRun: {
    code: "CW6908",
    title: "The fetched Node does not run on this machine",
    hint: "Install Node 24 or newer yourself and run the same command with it; delete the folder .node to fetch it anew.",
  },
  taskUnknown: {
    code: "CW6909",
    title: "The launcher does not know this task",
    hint: "Use one of the scripts that `npm run` lists.",
  },
  lockFileMissing: {
    code: "CW6910",
    title: "package-lock.json is missing or unreadable",
    hint: "Restore it with `git checkout package-lock.json`.",
  },
};

/** A failure the launcher explains instead of showing a stack trace. */
export class LauncherFailure extends Error {
  /**
   * @param {{ code: string, title: string, hint: string }} definition
   * @param {string} [detail] What happened this time, e.g. a path or npm's own code.
   */
  constructor(definition, detail) {
    super(detail === undefined ? definition.title : `${definition.title} (${detail})`);
    this.name = "LauncherFailure";
    this.code = definition.code;
    this.hint = definition.hint;
  }
}

/**
 * Tells from npm's output or a system error which failure it was.
 *
 * @param {string} output npm's stderr, or `error.code` of a file system call.
 */
export function failureFrom(output) {
  const seen = (...codes) => codes.find((code) => output.includes(code));
  const known = [
    [launcherErrors.diskFull, seen("ENOSPC", "EDQUOT")],
    [launcherErrors.packageRefused, seen("EINTEGRITY", "E404", "ETARGET", "E403", "E401")],
    [
      launcherErrors.registryUnreachable,
      seen(
        "ENOTFOUND",
        "EAI_AGAIN",
        "ECONNREFUSED",
        "ECONNRESET",
        "ETIMEDOUT",
        "ENETUNREACH",
        "EHOSTUNREACH",
        "ERR_SOCKET_TIMEOUT",
        "FETCH_ERROR",
        "ENOTCACHED",
        "E502",
        "E503",
      ),
    ],
    [launcherErrors.notWritable, seen("EACCES", "EROFS", "EPERM")],
  ];
  const match = known.find(([, code]) => code !== undefined);
  return match === undefined
    ? new LauncherFailure(launcherErrors.installFailed)
    : new LauncherFailure(match[0], match[1]);
}
