import { oneLine } from "./one-line.ts";

/** Of a label as much is shown. */
const LONGEST_LABEL = 120;

/**
 * What a verifier's setup is, as whoever deployed the contract has put it: a stranger's words, in one line.
 *
 * @example setupLabel("ceremony\n  ok  Gram proof") // "ceremony   ok  Gram proof"
 */
export const setupLabel = (text: string): string => oneLine(text, LONGEST_LABEL);
