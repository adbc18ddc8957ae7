import { CommonweightError } from "../../services/protocol/errors.ts";
import { webErrors } from "../errors.ts";
import type { RehearsalMessage, RehearsalRequest } from "./rehearsal-messages.ts";
import { describeFile, runRehearsal, runSurvey } from "./run-rehearsal.ts";

const tell = (message: RehearsalMessage) => postMessage(message);

addEventListener("message", async ({ data }: MessageEvent<RehearsalRequest>) => {
  try {
    if (data.type === "describe") {
      tell({ type: "described", table: await describeFile(data.file) });
    } else if (data.type === "survey") await runSurvey(data.order, data.attackers, tell);
    else await runRehearsal(data.order, tell);
  } catch (cause) {
    const known = cause instanceof CommonweightError ? cause : undefined;
    const { code, title, hint } = webErrors.rehearsalFailed;
    tell({
      type: "failed",
      code: known?.code ?? code,
      message: known?.message ?? `${title}: ${String(cause)}`,
      hint: known?.hint ?? hint,
    });
  }
});
