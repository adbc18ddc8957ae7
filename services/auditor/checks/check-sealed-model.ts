import { CommonweightError } from "../../protocol/errors.ts";
import { modelContext, type SealedModel } from "../../protocol/model/private-model.ts";
import { isSealedFile, readersOf } from "../../protocol/sealing/sealed-file.ts";
import type { AuditCheck } from "../audit-check.ts";

/**
 * What anybody can say about a private model without a key: that it was not published in the open, and that it was sealed for the
 * commitment on chain. Whether the sealed integers open that commitment, only its readers see.
 */
export function checkSealedModel(
  bytes: Uint8Array,
  model: SealedModel & { readonly version: number; readonly cid: string },
): AuditCheck {
  const name = `model seal ${model.version}`;
  if (!isSealedFile(bytes)) {
    const detail = `${model.cid} can be read by everybody, though the project's models are private`;
    return { name, isPassed: false, detail };
  }
  try {
    const readers = readersOf(bytes, modelContext(model)).length;
    return { name, isPassed: true, detail: `sealed to ${readers} readers for this commitment` };
  } catch (error) {
    if (!(error instanceof CommonweightError)) throw error;
    return { name, isPassed: false, detail: `${error.code}: ${error.message}` };
  }
}
