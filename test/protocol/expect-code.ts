import { expect } from "vitest";
import { CommonweightError } from "../../services/protocol/errors.ts";

/** Expects that a call throws one of our errors with this code. */
export function expectCode(call: () => unknown, code: string): void {
  let thrown: unknown;
  try {
    call();
  } catch (error) {
    thrown = error;
  }
  expect(thrown, `expected ${code}`).toBeInstanceOf(CommonweightError);
  expect((thrown as CommonweightError).code).toBe(code);
}
