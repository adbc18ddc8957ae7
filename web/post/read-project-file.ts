import { readTermsFile } from "../../services/owner/posting/terms-file.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";
import { webErrors } from "../errors.ts";
import { otherTermsOf, otherTermsText } from "./other-terms.ts";
import { formOfTerms, type PostingForm } from "./posting-form.ts";

/**
 * The form after a file was picked: a manifest is taken whole, terms fill the form's fields.
 *
 * @throws CW7015 for a file that is neither, CW4012 for terms that are none.
 */
export function formOfFile(form: PostingForm, text: string): PostingForm {
  const value = parseObject(text);
  if ("model" in value && "training" in value) {
    const title = typeof value.title === "string" ? value.title : form.title;
    return { ...form, model: "file", manifestText: text, title };
  }
  if ("budgetPerRoundWei" in value) {
    const terms = readTermsFile(text);
    const others = otherTermsText(otherTermsOf(terms));
    return { ...formOfTerms(form, value), otherTermsText: others };
  }
  throw new CommonweightError(webErrors.draftFileUnknown);
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch (cause) {
    throw new CommonweightError(webErrors.draftFileUnknown, "The file is not JSON", { cause });
  }
  throw new CommonweightError(webErrors.draftFileUnknown);
}
