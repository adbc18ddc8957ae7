import { defineErrors } from "../../protocol/errors.ts";

/** What can go wrong with curve arithmetic and the powers of tau. */
export const curveErrors = defineErrors([2000, 2049], {
  pointOffCurve: {
    code: "CW2000",
    title: "A point is not on the curve",
    hint: "The data is damaged or forged: fetch it again from another source.",
  },
  vectorTooLong: {
    code: "CW2001",
    title: "The vector has more entries than there are powers of tau",
    hint: "Open the curve with a larger parameterCount or a larger powers-of-tau file.",
  },
  srsUnreadable: {
    code: "CW2002",
    title: "The powers-of-tau file cannot be read",
    hint: "Expected a .ptau file for BN254 with sections 1, 2 and 3: download it again and compare its checksum.",
  },
  srsTooSmall: {
    code: "CW2003",
    title: "The powers-of-tau file holds too few powers",
    hint: "Take a file whose power p satisfies 2^p >= parameterCount.",
  },
  srsInvalid: {
    code: "CW2004",
    title: "The powers-of-tau file is not a list of powers of one secret",
    hint: "Do not use this file: download it again from the ceremony and compare its checksum.",
  },
  curveClosed: {
    code: "CW2005",
    title: "The curve has been closed",
    hint: "Open a new one; one curve serves many calls, so close it at the end of the program.",
  },
  workerFailed: {
    code: "CW2006",
    title: "A worker thread of the curve failed",
    hint: "Usually too little memory: use fewer threads (`threads`) or a smaller model.",
  },
  lengthMismatch: {
    code: "CW2007",
    title: "Lists that belong together differ in length",
    hint: "This is a bug in the calling code: pass one scalar for each point or vector.",
  },
});
