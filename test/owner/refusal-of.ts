import { expect } from "vitest";
import { CommonweightError } from "../../services/protocol/errors.ts";

/** Expects that a call, which may take its time, is refused with this code; returns the refusal. */
export async function refusalOf(code: string, call: () => unknown): Promise<CommonweightError> {
  const thrown = await (async () => call())().then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown, `expected ${code}`).toBeInstanceOf(CommonweightError);
  expect((thrown as CommonweightError).code).toBe(code);
  return thrown as CommonweightError;
}
