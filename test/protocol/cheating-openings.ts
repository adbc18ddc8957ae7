import type { G1Point } from "../../services/protocol/curve.ts";
import {
  gammaChallenge,
  keccakWords,
  zChallenge,
  zetaChallenge,
} from "../../services/protocol/gram/transcript.ts";
import { scalarInverse, scalarPower, toScalar } from "../../services/protocol/scalar.ts";
import {
  addScaled,
  type BigintPolynomial,
  evaluate,
  quotient,
  timesLine,
} from "./bigint-polynomials.ts";

/** What a prover claims of A and S; S(1/zeta) follows from these and mu. */
export interface Opened {
  a: bigint;
  aInv: bigint;
  s: bigint;
}

/** Changes to the second half of a proof. */
export interface OpeningCheat {
  /** Solves for this opened value so that the one left out of the proof, S(1/zeta), comes out at the true one. */
  readonly solveFor?: "a" | "aInv" | "s";
  opened?(honest: Opened): Opened;
  vectorQ?(honest: bigint[]): bigint[];
  vectorW?(honest: bigint[]): bigint[];
  /** Draws z before Q is fixed, and shifts Q by the constant that makes up for every error at z. */
  readonly isZBeforeQ?: boolean;
  readonly withoutDegreeCheck?: boolean;
}

/** What the first half has fixed. */
export interface Committed {
  readonly A: BigintPolynomial;
  readonly S: BigintPolynomial;
  readonly R: BigintPolynomial;
  readonly mu: bigint;
  readonly rhoA: bigint;
  readonly points: { readonly S: G1Point; readonly R: G1Point };
  readonly parameterCount: number;
}

/** Opens what was committed, with one step changed. */
export async function openCheatingly(
  { A, S, R, mu, rhoA, points, parameterCount }: Committed,
  context: { readonly h0: bigint; commit(values: readonly bigint[]): Promise<G1Point> },
  change: OpeningCheat,
): Promise<Opened & { readonly Q: G1Point; readonly W: G1Point }> {
  const { hash: h1, value: zeta } = zetaChallenge(context.h0, { mu, rhoA, ...points });
  const zetaInv = scalarInverse(zeta);
  const honest = { a: evaluate(A, zeta), aInv: evaluate(A, zetaInv), s: evaluate(S, zeta) };
  const solved = solve(honest, { name: change.solveFor, mu, zeta, sInv: evaluate(S, zetaInv) });
  const opened = change.opened?.(solved) ?? solved;
  const { hash: h2, value: gamma } = gammaChallenge(h1, opened);

  const line = openedLine(opened, { mu, zeta, gamma });
  const sum = addScaled(A, S, gamma);
  const restOfR = addScaled(
    R,
    [scalarPower(zeta, BigInt(parameterCount - 1)) * opened.aInv],
    change.withoutDegreeCheck ? 0n : -1n,
  );
  const weightOfR = change.withoutDegreeCheck ? 0n : toScalar(gamma ** 2n);
  const f = addScaled(
    addScaled(sum, line, -1n),
    timesLine(restOfR, { slope: zeta, constant: -1n }),
    weightOfR,
  );
  // zeta X - 1 is zeta (X - 1/zeta).
  const byBoth = addScaled([], quotient(quotient(f, zeta), zetaInv), zetaInv);
  const divisor = (z: bigint) => toScalar((z - zeta) * (zeta * z - 1n));
  const combination = (Q: BigintPolynomial, z: bigint) =>
    addScaled(
      addScaled(
        addScaled(sum, [evaluate(line, z)], -1n),
        restOfR,
        toScalar(weightOfR * (zeta * z - 1n)),
      ),
      Q,
      -divisor(z),
    );

  let Q = change.vectorQ?.(byBoth) ?? byBoth;
  const early = toScalar(keccakWords([h2]));
  if (change.isZBeforeQ) {
    const error = evaluate(combination(Q, early), early);
    Q = addScaled(Q, [error * scalarInverse(divisor(early))], 1n);
  }
  const pointQ = await context.commit(Q);
  const z = change.isZBeforeQ ? early : zChallenge(h2, { Q: pointQ }).value;
  const byZ = quotient(combination(Q, z), z);
  return { ...opened, Q: pointQ, W: await context.commit(change.vectorW?.(byZ) ?? byZ) };
}

function solve(
  opened: Opened,
  claim: Record<"mu" | "zeta" | "sInv", bigint> & { readonly name: keyof Opened | undefined },
): Opened {
  const { name, mu, zeta, sInv } = claim;
  const { a, aInv, s } = opened;
  const rest = mu + scalarInverse(zeta) * sInv;
  if (name === "a") return { ...opened, a: toScalar((rest + zeta * s) * scalarInverse(aInv)) };
  if (name === "aInv") return { ...opened, aInv: toScalar((rest + zeta * s) * scalarInverse(a)) };
  if (name === "s") return { ...opened, s: toScalar((a * aInv - rest) * scalarInverse(zeta)) };
  return opened;
}

/** The line `r_A + gamma r_S` through the claimed values at zeta and 1/zeta. */
function openedLine(
  { a, aInv, s }: Opened,
  { mu, zeta, gamma }: Record<"mu" | "zeta" | "gamma", bigint>,
): bigint[] {
  const zetaInv = scalarInverse(zeta);
  const sInv = toScalar((a * aInv - mu - zeta * s) * zeta);
  const atZeta = a + gamma * s;
  const slope = toScalar((aInv + gamma * sInv - atZeta) * scalarInverse(toScalar(zetaInv - zeta)));
  return [toScalar(atZeta - slope * zeta), slope];
}
