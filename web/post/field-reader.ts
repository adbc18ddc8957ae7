import { readTokenAmount, type TokenUnit } from "../../services/protocol/market/token-amount.ts";
import { parseDuration } from "./parse-duration.ts";
import type { FormField, PostingForm } from "./posting-form.ts";

/** Notes what is wrong with a field, in a sentence; the first note of a field counts. */
export type Refuse = (field: FormField, text: string) => void;

/** Reads fields of a form; undefined, and a note, for what cannot be read. */
export interface FieldReader {
  whole(field: FormField, least: number, most: number): number | undefined;
  positive(field: FormField, most: number): number | undefined;
  /** In the reward token's smallest unit. */
  amount(field: FormField): bigint | undefined;
  seconds(field: FormField): number | undefined;
  /** In 1/10000. */
  bps(field: FormField): number | undefined;
  /** An address, or an empty text. */
  address(field: FormField): string | undefined;
}

/** Stands in for accounts that are not known yet, so that everything else can be judged. */
export const NOBODY = "0x00000000000000000000000000000000000000ff";

/** Whether a text is an address. */
export const isAddress = (text: string) => /^0x[0-9a-fA-F]{40}$/.test(text);

/** Reads the fields of one form. */
export function fieldReader(form: PostingForm, unit: TokenUnit, refuse: Refuse): FieldReader {
  const text = (field: FormField) => String(form[field]).trim();
  const check = <T>(field: FormField, value: T, isRight: boolean, otherwise: string) => {
    if (!isRight) refuse(field, otherwise);
    return isRight ? value : undefined;
  };
  return {
    whole(field, least, most) {
      const value = Number(text(field));
      const isRight = /^\d+$/.test(text(field)) && value >= least && value <= most;
      return check(field, value, isRight, `Must be a whole number from ${least} to ${most}.`);
    },
    positive(field, most) {
      const value = Number(text(field));
      const isRight = text(field) !== "" && value > 0 && value <= most;
      return check(field, value, isRight, `Must be a number above 0 and at most ${most}.`);
    },
    amount(field) {
      const wei = readTokenAmount(text(field), unit);
      if (typeof wei === "bigint") return wei;
      refuse(field, `This ${wei}.`);
      return undefined;
    },
    seconds(field) {
      const seconds = parseDuration(text(field));
      if (seconds === null) refuse(field, "Must be a time like 90 s, 4 min, 6 h or 3 d.");
      return seconds ?? undefined;
    },
    bps(field) {
      const bps = Math.round(Number(text(field)) * 100);
      const isRight = text(field) !== "" && bps >= 0 && bps <= 10_000;
      return check(field, bps, isRight, "Must be a percentage from 0 to 100.");
    },
    address(field) {
      const isRight = text(field) === "" || isAddress(text(field));
      return check(field, text(field), isRight, "Must be 0x and 40 hexadecimal digits, or empty.");
    },
  };
}
