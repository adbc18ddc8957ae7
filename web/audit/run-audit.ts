import type { AuditCheck } from "../../services/auditor/audit-check.ts";
import {
  checkDevelopmentPowers,
  checkVerifyingKey,
} from "../../services/auditor/checks/check-verifying-key.ts";
import { type ReplayOptions, replayProject } from "../../services/auditor/replay-project.ts";
import type { AuditMessage } from "./audit-messages.ts";
import { publishedKey } from "./published-keys.ts";

/** What an audit in the page reads from, and where it tells what it finds. */
export interface AuditSources
  extends Pick<ReplayOptions, "chain" | "projectId" | "contentStore" | "copyKeepers" | "block"> {
  readonly tell: (message: AuditMessage) => void;
}

/**
 * Verifies a whole project on this machine, with the auditor's own code, and tells each check as it is done.
 * Trusts the RPC node for what the chain's data is, and nobody for what it means.
 *
 * @throws CommonweightError as the chain adapter, when the chain cannot be read.
 */
export async function runAudit({ tell, ...sources }: AuditSources): Promise<void> {
  let startedAt = performance.now();
  const audit = await replayProject({
    ...sources,
    checkSetup,
    onProgress: (text) => tell({ type: "doing", text }),
    onChecks: (roundIndex, checks) => {
      const tookMs = Math.round(performance.now() - startedAt);
      startedAt = performance.now();
      tell({
        type: "checked",
        checks: checks.map((check, index) => ({
          ...check,
          roundIndex,
          milliseconds: index === 0 ? tookMs : 0,
        })),
      });
    },
  });
  tell({ type: "done", audit });
}

/** What a page can compare: it has the verifying keys that it was built with, and no file that only provers need. */
const checkSetup: ReplayOptions["checkSetup"] = async ({ ruleId, slots }, setup) => {
  const published = await publishedKey(ruleId, slots);
  const proving: AuditCheck = {
    name: "proving key",
    isPassed: null,
    detail: "only provers use it, and the page does not load it: the command line compares it",
  };
  return [
    checkVerifyingKey(published, setup, "this page has no key of this rule to compare with"),
    proving,
    checkDevelopmentPowers(setup),
  ];
};
