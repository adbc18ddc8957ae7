import type { NextFunction, Request, Response } from "express";
import { CommonweightError } from "../../protocol/errors.ts";
import { aggregatorErrors } from "../errors.ts";

/** Status of each refusal; 422 for the others, which are refusals of the chain or of a rule. */
const STATUS: Readonly<Record<string, number>> = {
  [aggregatorErrors.badRequest.code]: 400,
  [aggregatorErrors.notSigned.code]: 403,
  [aggregatorErrors.notAReader.code]: 403,
  [aggregatorErrors.wrongRound.code]: 409,
  [aggregatorErrors.wrongModel.code]: 409,
  [aggregatorErrors.unknownRecord.code]: 404,
  [aggregatorErrors.tooManyRequests.code]: 429,
  CW2400: 404,
  CW2404: 400,
  // The node is away or the disk is full: the same request may do later.
  CW2200: 503,
  CW2211: 503,
  CW2212: 503,
  CW2701: 503,
  CW2408: 503,
};

/** What is wrong with a request that express could not read, by the type or status of its error. */
const UNREADABLE: Readonly<Record<string, string>> = {
  "entity.too.large": "body too large",
  "entity.parse.failed": "the body is no JSON",
  "charset.unsupported": "JSON travels as UTF-8",
  "encoding.unsupported": "bodies travel plain, or packed by gzip, deflate or br",
};

/**
 * A request that could not even be read, as express and its parsers say it.
 *
 * @returns undefined for an error that is not the sender's.
 */
function unreadable(
  error: unknown,
): { readonly status: number; readonly message: string } | undefined {
  const { status, type = "" } = error as { readonly status?: unknown; readonly type?: string };
  if (typeof status !== "number" || status < 400 || status > 499) return undefined;
  return { status, message: UNREADABLE[type] ?? "the path or the body is not encoded as it says" };
}

/** Answers a failed request: always JSON with a code and a way out, never the words of an error that nobody foresaw. */
export function answerError(
  error: unknown,
  _request: Request,
  response: Response,
  _next: NextFunction,
): void {
  if (error instanceof CommonweightError) {
    const { code, message, hint } = error;
    response.status(STATUS[code] ?? 422).json({ code, message, hint });
    return;
  }
  // The request's other shape: a body that was too large is said by a plain error with a type only.
  const isTooLarge = (error as { type?: string }).type === "entity.too.large";
  const wrong = isTooLarge
    ? { status: 413, message: UNREADABLE["entity.too.large"] as string }
    : unreadable(error);
  const { code, hint } = aggregatorErrors.badRequest;
  if (wrong) response.status(wrong.status).json({ code, message: wrong.message, hint });
  else {
    const { unforeseen } = aggregatorErrors;
    // An unforeseen error's own words may hold what is nobody's business.
    const message = "the request could not be handled";
    response.status(500).json({ code: unforeseen.code, message, hint: unforeseen.hint });
  }
}

/** What the rate limits answer: like every refusal, with a code. */
export function refuseTooMany(_request: Request, _response: Response, next: NextFunction): void {
  next(new CommonweightError(aggregatorErrors.tooManyRequests));
}
