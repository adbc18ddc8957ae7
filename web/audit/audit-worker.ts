import { fetchModelCopy } from "../../services/adapters/aggregator-client.ts";
import { createGatewayStore } from "../../services/adapters/content-store/gateway-store.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";
import { openConnection } from "../connection.ts";
import { webErrors } from "../errors.ts";
import type { AuditMessage, AuditRequest } from "./audit-messages.ts";
import { runAudit } from "./run-audit.ts";

const tell = (message: AuditMessage) => postMessage(message);

addEventListener("message", async ({ data }: MessageEvent<AuditRequest>) => {
  try {
    const { chain } = await openConnection(data.settings);
    const contentStore = createGatewayStore({ urls: [data.settings.gateway] });
    const { projectId, block } = data;
    const copyKeepers = [
      (version: number) => fetchModelCopy(data.settings.gateway, { projectId, version }),
    ];
    await runAudit({ chain, projectId, block, contentStore, copyKeepers, tell });
    chain.close();
  } catch (cause) {
    const known = cause instanceof CommonweightError ? cause : undefined;
    const { code, title, hint } = webErrors.auditFailed;
    tell({
      type: "failed",
      code: known?.code ?? code,
      message: known?.message ?? `${title}: ${String(cause)}`,
      hint: known?.hint ?? hint,
    });
  }
});
