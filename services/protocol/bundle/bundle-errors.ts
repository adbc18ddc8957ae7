import { defineErrors } from "../errors.ts";

const BLAME_TRAINER =
  "Whoever published the bundle made it so; the update cannot be used in this round.";

/**
 * Why a bundle cannot be used; codes 1700-1749. The checks run in this order, so that everybody who opens a bundle with the same
 * inputs finds the same reason. `details.reason` carries the slug.
 */
export const bundleErrors = defineErrors([1700, 1749], {
  notABundle: {
    code: "CW1700",
    title: "not an update bundle",
    hint: `The CID names other content. ${BLAME_TRAINER}`,
  },
  unsupportedVersion: {
    code: "CW1701",
    title: "bundle of an unknown version",
    hint: "Update this program; if it is up to date, the bundle is malformed.",
  },
  badLength: { code: "CW1702", title: "bundle cut off or too long", hint: BLAME_TRAINER },
  wrongChain: { code: "CW1703", title: "bundle for another chain or market", hint: BLAME_TRAINER },
  wrongProject: { code: "CW1704", title: "bundle for another project", hint: BLAME_TRAINER },
  wrongRound: { code: "CW1705", title: "bundle for another round", hint: BLAME_TRAINER },
  wrongTrainer: {
    code: "CW1706",
    title: "bundle of another trainer",
    hint: `A copied bundle cannot be passed off as one's own. ${BLAME_TRAINER}`,
  },
  wrongCommitment: { code: "CW1707", title: "bundle for another commitment", hint: BLAME_TRAINER },
  wrongScale: {
    code: "CW1708",
    title: "bundle with another fixed-point scale",
    hint: BLAME_TRAINER,
  },
  wrongParameterCount: {
    code: "CW1709",
    title: "bundle with another parameter count",
    hint: BLAME_TRAINER,
  },
  notAddressed: {
    code: "CW1710",
    title: "bundle not addressed to this aggregator",
    hint: "The trainer sealed it to other aggregators than the project names, or this aggregator's registered key is another one.",
  },
  wrongContentKey: {
    code: "CW1712",
    title: "released content key is not the bundle's",
    hint: "The bundle states the hash of its content key; the released key has another. Ask the trainer to release the right one.",
  },
  recipientShareUnreadable: {
    code: "CW1713",
    title: "aggregator's key share does not open",
    hint: BLAME_TRAINER,
  },
  wrongBundleKey: {
    code: "CW1714",
    title: "aggregator's key share is not the bundle's",
    hint: BLAME_TRAINER,
  },
  payloadTampered: { code: "CW1715", title: "bundle's payload was changed", hint: BLAME_TRAINER },
  badCoding: { code: "CW1716", title: "bundle's payload does not decompress", hint: BLAME_TRAINER },
  badBlinding: { code: "CW1717", title: "blinding outside the field", hint: BLAME_TRAINER },
  commitmentMismatch: {
    code: "CW1718",
    title: "update does not match its commitment",
    hint: `The integers in the bundle are not the ones committed to on chain. ${BLAME_TRAINER}`,
  },
});
