/**
 * Final accuracies (%) of the design-time simulation that chose the rules, an independent program with other seeds and other
 * parts of MNIST: three seeds for the first task, one for the others. Columns by our rule names, attacks by ours.
 */
const COLUMNS = [
  "FedAvg",
  "norm clip",
  "FLTrust",
  "Krum",
  "multi-Krum alone",
  "nearest to r",
  "FoolsGold",
  "trust",
];

const TABLES: Readonly<Record<string, Readonly<Record<string, readonly (number | null)[]>>>> = {
  "lr, Dirichlet 0.5": {
    none: [83.6, 83.1, 85.7, 69.5, 82.2, 85.3, 79.4, 86.4],
    "sign-flip": [44.5, 56.8, 80.1, 51.2, 72.6, 82.5, 62.1, 85.2],
    scaling: [14.9, 61.4, 81.0, 57.9, 81.8, 81.8, 25.9, 85.2],
    noise: [83.4, 83.0, 84.2, 57.9, 81.8, 81.8, 80.9, 85.8],
    "label-flip": [54.8, 62.6, 80.9, 22.8, 64.4, 81.8, 40.4, 85.2],
    "free-rider": [79.1, 80.4, 82.6, 9.8, 70.1, 82.0, 68.1, 84.9],
    "stale-replay": [81.7, 80.7, 86.2, 9.8, 70.3, 83.4, 76.9, 85.2],
    copycat: [81.3, 78.8, 82.9, 59.0, 62.7, 81.7, 74.5, 84.3],
    "sybil-duplicates": [50.8, 53.7, 80.1, 2.3, 13.9, 81.8, 76.0, 85.2],
    "little-is-enough": [80.4, 80.3, 82.5, 60.0, 73.0, 81.7, 77.2, 84.8],
    "little-is-enough-mild": [81.8, 81.5, 83.7, 82.2, 81.7, 84.3, 77.1, 84.5],
    "inner-product": [74.9, 68.0, 82.6, 7.3, 23.9, 83.1, 77.2, 84.9],
    "inner-product-strong": [25.4, 36.7, 82.6, 48.8, 35.6, 82.0, 77.3, 84.9],
    "targeted-flip": [81.4, 81.1, 85.3, 63.6, 77.2, 84.7, 75.3, 85.8],
  },
  "lr, IID": {
    none: [88.7, null, 87.6, 83.0, 87.7, 88.9, 88.5, 88.7],
    "sign-flip": [87.8, null, 87.7, 81.3, 86.5, 88.7, 69.9, 88.7],
    scaling: [36.3, null, 87.7, 84.1, 88.7, 88.7, 87.8, 88.7],
    noise: [88.7, null, 88.8, 84.2, 88.7, 88.7, 87.9, 88.7],
    "label-flip": [86.6, null, 87.7, 84.1, 88.7, 88.7, 1.5, 88.7],
    "free-rider": [88.5, null, 85.4, 9.8, 85.9, 88.5, 9.8, 88.7],
    "stale-replay": [88.8, null, 88.5, 9.8, 86.9, 88.7, 9.8, 88.8],
    copycat: [88.6, null, 84.4, 85.5, 86.2, 88.3, 88.4, 88.6],
    "sybil-duplicates": [86.2, null, 87.7, 84.1, 88.7, 88.7, 88.5, 88.7],
    "little-is-enough": [88.7, null, 86.2, 87.3, 87.4, 88.8, 88.5, 88.8],
    "little-is-enough-mild": [88.7, null, 84.5, 88.4, 88.1, 88.6, 88.6, 88.7],
    "inner-product": [88.3, null, 85.4, 65.8, 82.1, 88.7, 88.5, 88.7],
    "inner-product-strong": [87.1, null, 85.4, 85.5, 86.9, 88.8, 88.5, 88.7],
    "targeted-flip": [87.9, null, 88.0, 84.4, 87.7, 88.7, 77.0, 88.6],
  },
  "MLP, Dirichlet 0.5": {
    none: [83.4, 83.2, 83.8, 54.6, 76.4, 82.1, 81.4, 84.0],
    "sign-flip": [51.9, 56.0, 80.0, 40.2, 65.4, 79.6, 61.3, 80.2],
    scaling: [11.1, 78.1, 79.8, 49.0, 79.6, 79.6, 20.0, 80.2],
    noise: [83.3, 81.2, 82.3, 48.8, 79.6, 79.6, 82.7, 81.0],
    "label-flip": [73.4, 76.5, 79.8, 1.9, 74.6, 79.6, 76.1, 80.2],
    "free-rider": [77.8, 80.4, 84.3, 10.8, 50.6, 80.9, 70.4, 81.8],
    "stale-replay": [80.7, 80.6, 86.8, 10.8, 50.3, 81.1, 80.7, 82.5],
    copycat: [80.1, 77.9, 79.0, 47.1, 48.7, 79.1, 78.6, 81.3],
    "sybil-duplicates": [71.5, 76.1, 79.5, 2.1, 23.2, 79.6, 78.4, 80.2],
    "little-is-enough": [80.8, 80.7, 84.9, 25.9, 63.2, 80.4, 80.5, 81.8],
    "little-is-enough-mild": [81.1, 81.2, 83.6, 79.0, 76.0, 81.6, 80.5, 81.8],
    "inner-product": [74.6, 69.0, 84.3, 9.9, 33.4, 80.8, 80.5, 81.8],
    "inner-product-strong": [54.2, 59.2, 84.3, 37.7, 33.3, 80.5, 80.5, 81.8],
    "targeted-flip": [80.6, 80.5, 82.1, 47.7, 69.6, 79.5, 78.5, 80.9],
  },
};

/** Accuracy that the design-time simulation found, 0..1, or null where it has no such cell. */
export function designAccuracy(cell: {
  readonly scenario: string;
  readonly attack: string;
  readonly rule: string;
}): number | null {
  const percent = TABLES[cell.scenario]?.[cell.attack]?.[COLUMNS.indexOf(cell.rule)];
  return typeof percent === "number" ? percent / 100 : null;
}
