import {
  type GramMatrix,
  gramMatrix,
  type SlotVector,
} from "../../../services/protocol/gram/gram-matrix.ts";
import { packOutcome, packTerms } from "../../../services/protocol/round/public-signals.ts";
import { roundRuleById } from "../../../services/protocol/rule/round-rules.ts";
import {
  FIRST_TRAINER_SLOT,
  type RoundTerms,
} from "../../../services/protocol/rule/round-terms.ts";
import { verdictCode } from "../../../services/protocol/rule/verdicts.ts";
import { seededSlots } from "../gram-cases.ts";
import { vectorJson } from "../vector-json.ts";

/** A round as a test writes it down: integers of each active slot, short ones followed by zeros. */
export interface RoundCase {
  readonly name: string;
  /** 1 = trust rule, the default; 2 = multi-Krum. */
  readonly ruleId?: number;
  readonly slotCount: number;
  /** r, g, p and trainers from index 3; null or missing for an inactive slot. */
  readonly slots: readonly (readonly number[] | null)[];
  readonly normBoundSquared?: bigint;
  readonly parameterA?: number;
  readonly parameterB?: number;
  /** 100 for every active trainer unless said. */
  readonly baseWeights?: readonly number[];
}

/** A matrix and terms that a rule takes. */
export interface RoundInput {
  readonly name: string;
  readonly ruleId: number;
  readonly gram: GramMatrix;
  readonly terms: RoundTerms;
}

const LENGTH = 64;
const WIDE_SLOT = 2;

function slotVector(entries: readonly number[] | null | undefined, slot: number): SlotVector {
  if (!entries) return null;
  const padded = [...entries, ...Array<number>(LENGTH - entries.length).fill(0)];
  return slot === WIDE_SLOT ? Int32Array.from(padded) : Int16Array.from(padded);
}

/** Matrix and terms of a case. */
export function roundInput(roundCase: RoundCase): RoundInput {
  const { slotCount } = roundCase;
  const slots = Array.from({ length: slotCount }, (_, slot) =>
    slotVector(roundCase.slots[slot], slot),
  );
  const active = slots.map((slot) => slot !== null);
  return {
    name: roundCase.name,
    ruleId: roundCase.ruleId ?? 1,
    gram: gramMatrix(slots),
    terms: {
      slotCount,
      active,
      normBoundSquared: roundCase.normBoundSquared ?? (1n << 54n) - 1n,
      parameterA: roundCase.parameterA ?? 0,
      parameterB: roundCase.parameterB ?? 0,
      baseWeights: active
        .slice(FIRST_TRAINER_SLOT)
        .map((isOn, trainer) => (isOn ? (roundCase.baseWeights?.[trainer] ?? 100) : 0)),
    },
  };
}

/** Entries of a seeded round that looks like a real one. */
function realistic(slotCount: number, inactive: readonly number[]): (readonly number[] | null)[] {
  return seededSlots(`round-rule/${slotCount}/${inactive}`, slotCount, LENGTH, inactive).map(
    (slot) => (slot ? Array.from(slot) : null),
  );
}

const R = [100, 0];
const G = [10, 20];
const P = [1000, 0, 5000];

const TRUST_CASES: readonly RoundCase[] = [
  {
    name: "five different trainers with g and p",
    slotCount: 8,
    slots: [R, G, P, [90, 10], [80, 30, 5], [70, -20], [110, 0, -10], [60, 50]],
  },
  {
    name: "no last aggregate",
    slotCount: 8,
    slots: [R, G, null, [90, 10], [80, 30, 5], [70, -20], [110, 0, -10], [60, 50]],
  },
  {
    name: "no pay gradient",
    slotCount: 8,
    slots: [R, null, P, [90, 10], [80, 30, 5], [70, -20], [110, 0, -10], [60, 50]],
  },
  {
    name: "neither pay gradient nor last aggregate",
    slotCount: 8,
    slots: [R, null, null, [90, 10], [80, 30, 5], [70, -20], [110, 0, -10], [60, 50]],
  },
  {
    name: "a trainer missing",
    slotCount: 8,
    slots: [R, G, P, [90, 10], null, [70, -20], [110, 0, -10], [60, 50]],
  },
  {
    name: "one trainer alone",
    slotCount: 8,
    slots: [R, G, null, null, null, [70, -20], null, null],
  },
  {
    name: "different base weights",
    slotCount: 8,
    slots: [R, G, P, [90, 10], [80, 30, 5], [70, -20], [110, 0, -10], [60, 50]],
    baseWeights: [1023, 1, 512, 700, 3],
  },
  {
    name: "every verdict but not-selected in sixteen slots",
    slotCount: 16,
    normBoundSquared: 40000n,
    slots: [
      R,
      G,
      P,
      [90, 10],
      [150, 150],
      [80, 30],
      [80, 30],
      [3, 7],
      [-50, 20],
      [30, 0, 150],
      [70, 20],
      [60, 25],
      [65, -25],
      [99, 1],
      [70, 35, -5],
      null,
    ],
  },
  {
    name: "norm band: too large",
    slotCount: 8,
    normBoundSquared: 100000n,
    slots: [[40, 0], G, null, [80, 80], [80, 80, 1], [40, 1], [40, 2], [40, 3]],
  },
  {
    name: "norm bound: at the bound and one above",
    slotCount: 8,
    normBoundSquared: 10000n,
    slots: [R, G, null, [100, 0], [100, 1], [60, 80], [0, 100, 1], [90, 1]],
  },
  {
    name: "norm band: too small at one part in 128",
    slotCount: 8,
    slots: [[80, 80], G, null, [10, 0], [0, 10], [9, 4], [50, 60], [60, 50]],
  },
  {
    name: "norm band: one above 128 times",
    slotCount: 8,
    slots: [[80, 80, 1], G, null, [10, 0], [0, 10], [9, 5], [50, 60], [60, 50]],
  },
  {
    name: "sign: one, zero and minus one",
    slotCount: 8,
    slots: [[7, 5], G, null, [3, -4], [5, -7], [2, -3], [7, 5, 1], [7, 5, 2]],
  },
  {
    name: "zero updates are against the reference and each other's copies",
    slotCount: 8,
    slots: [R, G, null, [0], [0], [90, 10], [80, 20], [70, 20]],
  },
  {
    name: "a zero reference accepts nobody",
    slotCount: 8,
    slots: [[0], G, null, [1], [0, 1], [90, 10], [0], [70, 20]],
  },
  {
    name: "stale copy: exactly at the cut and just below",
    slotCount: 8,
    slots: [
      [1000, 300],
      G,
      [1000000, 0],
      [1023, 31, 7, 3, 2],
      [1023, 31, 7, 3, 2, 1],
      [-300, 950],
      [200, 300],
      [100, 250],
    ],
  },
  {
    name: "stale copy: the aggregate itself, its opposite and nothing in common",
    slotCount: 8,
    slots: [
      R,
      [10, 20, 30],
      [70000, 7000],
      [100, 10],
      [20, -80, 60],
      [10, -100],
      [50, -20, 90],
      [30, 0, 80],
    ],
  },
  {
    name: "novelty: full up to cos^2 = 7/8, less beyond",
    slotCount: 8,
    slots: [
      [100, 20],
      [10, 20, 30],
      [100000],
      [70, 20, 10, 10, 10],
      [140, 40, 20, 20, 10],
      [90, 10, 10],
      [50, 40, 30],
      [60, 30, -10, 5],
    ],
  },
  {
    name: "cos^2 of a third leaves novelty full",
    slotCount: 8,
    slots: [
      R,
      [100, 10],
      [1000, 1000, 1000],
      [80, 40, 10],
      [80, 10, -40],
      [70, -70],
      [60, 50, 20],
      [90, -20, -80],
    ],
  },
  {
    name: "a last aggregate of zeros counts as none",
    slotCount: 8,
    slots: [R, G, [0], [90, 10], [80, 30, 5], [70, -20], [110, 0, -10], [60, 50]],
  },
  {
    name: "duplicates: the earlier one stays",
    slotCount: 8,
    slots: [R, G, null, [90, 10], [80, 20], [90, 10], [90, 10], [70, 30]],
  },
  {
    name: "duplicate of a rejected update",
    slotCount: 8,
    slots: [R, G, null, [-90, 10], [-90, 10], [90, 10], [80, 10], [70, 10]],
  },
  {
    name: "equal raw weights: the missing unit goes to the first",
    slotCount: 8,
    slots: [R, G, null, [50, 1], [50, -1], [50, 0, 1], null, null],
  },
  {
    name: "quorum: exactly half accepted",
    slotCount: 8,
    slots: [R, G, null, [90, 10], [80, 10], [-80, 10], [-70, 10], null],
  },
  {
    name: "void: less than half accepted",
    slotCount: 8,
    slots: [R, G, null, [90, 10], [80, 10], [-80, 10], [-70, 10], [-60, 10]],
  },
  {
    name: "void: nobody accepted",
    slotCount: 8,
    slots: [R, G, P, [-90, 10], [-80, 10], [-80, 20], [-70, 10], [-60, 10]],
  },
  { name: "void: nobody submitted", slotCount: 8, slots: [R, G, P] },
  {
    name: "void: products with the reference of almost nothing",
    slotCount: 8,
    slots: [[20000, 1], G, null, [0, 1, 1800], [0, 1, 0, 1800], [0, 1, 0, 0, 1900], null, null],
    baseWeights: [1, 1, 1],
  },
  {
    name: "a negative product with g earns nothing",
    slotCount: 8,
    slots: [R, [10, -20], null, [90, 10], [80, 60], [70, 80], [110, 0], [60, -50]],
  },
  {
    name: "nobody earns: all products with g are negative",
    slotCount: 8,
    slots: [R, [-10, 0], P, [90, 10], [80, 30, 5], [70, -20], [110, 0, -10], [60, 50]],
  },
  {
    name: "no pay gradient: one trainer overshoots",
    slotCount: 8,
    slots: [R, null, null, [90, 10], [100, 250], [70, -20], [100, -10], [60, 50]],
  },
  {
    name: "no pay gradient: kappa reaches its cap",
    slotCount: 8,
    slots: [[20000], null, null, [1, 30000], [1, 30000, 5], [1, 29000, 100], [1, 28000], null],
  },
  {
    name: "an accepted update may round to weight 0",
    slotCount: 8,
    slots: [R, G, null, [100, 1], [1, 260], [1, -262], null, null],
    baseWeights: [1023, 40, 40],
  },
  { name: "a realistic round of thirteen", slotCount: 16, slots: realistic(16, []) },
  {
    name: "a realistic first round of twelve without g",
    slotCount: 16,
    slots: realistic(16, [1, 2, 9]),
  },
  { name: "a realistic round of eight slots", slotCount: 8, slots: realistic(8, []) },
  {
    name: "a realistic round of twenty-nine",
    slotCount: 32,
    slots: realistic(32, []),
    baseWeights: Array.from({ length: 29 }, (_, trainer) => 1023 - 35 * trainer),
  },
  {
    name: "a realistic round of twenty-five without g",
    slotCount: 32,
    slots: realistic(32, [1, 5, 6, 20, 31]),
  },
];

const KRUM = { ruleId: 2, parameterA: 1, parameterB: 3 };

const KRUM_CASES: readonly RoundCase[] = [
  {
    ...KRUM,
    name: "multi-Krum: five trainers, three selected",
    slotCount: 8,
    slots: [R, G, P, [90, 10], [80, 30, 5], [70, -90], [110, 0, -10], [85, 20]],
  },
  {
    ...KRUM,
    name: "multi-Krum: no pay gradient",
    slotCount: 8,
    slots: [R, null, null, [90, 10], [80, 30, 5], [70, -90], [110, 0, -10], [85, 20]],
  },
  {
    ...KRUM,
    name: "multi-Krum: all scores equal, lower slots win",
    slotCount: 8,
    slots: [
      R,
      G,
      null,
      [90, 50],
      [90, 0, 50],
      [90, 0, 0, 50],
      [90, 0, 0, 0, 50],
      [90, 0, 0, 0, 0, 50],
    ],
  },
  {
    ...KRUM,
    name: "multi-Krum: base weights decide weights",
    slotCount: 8,
    slots: [R, G, P, [90, 10], [80, 30, 5], [70, -90], [110, 0, -10], [85, 20]],
    baseWeights: [1023, 1, 500, 77, 341],
  },
  {
    ...KRUM,
    name: "multi-Krum void: four survivors are less than 2f + 3",
    slotCount: 8,
    slots: [R, G, P, [90, 10], [80, 30, 5], [-70, -90], [110, 0, -10], [85, 20]],
  },
  {
    ...KRUM,
    name: "multi-Krum void: less than half survive",
    slotCount: 16,
    slots: [
      R,
      G,
      null,
      [90, 10],
      [91, 10],
      [92, 10],
      [93, 10],
      [94, 10],
      [95, 10],
      [-1, 90],
      [-2, 90],
      [-3, 90],
      [-4, 90],
      [-5, 90],
      [-6, 90],
      [-7, 90],
    ],
  },
  {
    ...KRUM,
    name: "multi-Krum: quorum and survivors exactly enough",
    slotCount: 16,
    slots: [
      R,
      G,
      null,
      [90, 10],
      [91, 40],
      [92, 10],
      [93, 70],
      [94, 10],
      [-1, 90],
      [-2, 90],
      [-3, 90],
      [-4, 90],
      [-5, 90],
      null,
      null,
      null,
    ],
  },
  {
    ...KRUM,
    parameterB: 12,
    name: "multi-Krum: m above the number of survivors",
    slotCount: 16,
    slots: [
      R,
      G,
      null,
      [90, 10],
      [91, 40],
      [92, 10],
      [93, 70],
      [94, 10],
      [95, 1],
      [96, 1],
      [-3, 90],
      [-4, 90],
      null,
      null,
      null,
      null,
    ],
  },
  {
    ...KRUM,
    parameterA: 5,
    parameterB: 8,
    name: "multi-Krum: thirteen trainers, f = 5",
    slotCount: 16,
    slots: realistic(16, []),
  },
];

function symmetric(slotCount: number, at: (i: number, j: number) => bigint): GramMatrix {
  return Array.from({ length: slotCount }, (_, i) =>
    Array.from({ length: slotCount }, (_, j) => at(Math.min(i, j), Math.max(i, j))),
  );
}

/** Entries at the edge of their widths: no small vectors give them, and circuits must hold them. */
function widest(slotCount: number, hasPayGradient: boolean): RoundInput {
  const top = (1n << 54n) - 1n;
  const active = Array.from({ length: slotCount }, (_, slot) => slot !== 1 || hasPayGradient);
  const gram = symmetric(slotCount, (i, j) => {
    if (!active[i] || !active[j]) return 0n;
    if (i === 2 && j === 2) return (1n << 74n) - 1n;
    if (i === 2 || j === 2) return (1n << 63n) + BigInt(j);
    return i === j ? top : (1n << 53n) - BigInt(i + j);
  });
  return {
    name: `widest entries, ${slotCount} slots, ${hasPayGradient ? "with" : "without"} pay gradient`,
    ruleId: 1,
    gram,
    terms: {
      slotCount,
      active,
      normBoundSquared: top,
      parameterA: 0,
      parameterB: 0,
      baseWeights: Array<number>(slotCount - FIRST_TRAINER_SLOT).fill(1023),
    },
  };
}

/** The cases of `test/vectors/round-rule.json`. */
export const ROUND_INPUTS: readonly RoundInput[] = [
  ...[...TRUST_CASES, ...KRUM_CASES].map(roundInput),
  ...[8, 16, 32].flatMap((slotCount) => [widest(slotCount, true), widest(slotCount, false)]),
];

/** The text of `test/vectors/round-rule.json`. */
export function roundRuleVectors(): string {
  return vectorJson(
    ROUND_INPUTS.map(({ name, ruleId, gram, terms }) => {
      const outcome = roundRuleById(ruleId).evaluate({ gram, terms });
      return {
        name,
        ruleId,
        terms,
        gram,
        termsWords: packTerms(terms),
        verdicts: outcome.verdicts.map(verdictCode),
        weights: outcome.weights,
        shares: outcome.shares,
        isVoid: outcome.isVoid,
        hints: outcome.hints,
        outcomeWords: packOutcome(outcome),
      };
    }),
  );
}
