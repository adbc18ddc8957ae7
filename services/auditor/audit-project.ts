import type { Chain } from "../adapters/chain/connect.ts";
import { checkSetup } from "./checks/check-setup.ts";
import { type ProjectAudit, type ReplayOptions, replayProject } from "./replay-project.ts";

/**
 * Audits a project with what this machine has of the setup: keys, circuits, and the ceremony's powers of tau.
 *
 * @throws As {@link replayProject}, and CW2002 to CW2004 and CW4602 for powers of tau that cannot be used.
 */
export const auditProject = (
  options: Omit<ReplayOptions, "checkSetup"> & { readonly chain: Chain },
): Promise<ProjectAudit> =>
  replayProject({
    ...options,
    checkSetup: (evidence, setup) => checkSetup({ ...evidence, srsPath: options.srsPath }, setup),
  });
