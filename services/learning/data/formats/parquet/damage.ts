import { CommonweightError } from "../../../../protocol/errors.ts";
import { learningErrors } from "../../../errors.ts";

/** What to say of bytes that cannot be what they should be; whoever knows the file and the column names them. */
export const damage = (message: string, cause?: unknown): CommonweightError =>
  new CommonweightError(learningErrors.dataMalformed, message, { cause });
