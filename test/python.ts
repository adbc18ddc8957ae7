import { spawnSync } from "node:child_process";

/** `CW_PYTHON` names another Python, as in a virtual environment with the packages that a test needs. */
export const python = process.env.CW_PYTHON ?? "python3";

const FIND =
  "import importlib.util, sys; sys.exit(not all(map(importlib.util.find_spec, sys.argv[1:])))";

/** Whether there is a Python with these packages. They are not imported: PyTorch alone takes many seconds. */
export function hasPackages(...names: readonly string[]): boolean {
  return spawnSync(python, ["-c", FIND, ...names]).status === 0;
}
