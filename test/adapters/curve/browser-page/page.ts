import { openCurve } from "../../../../services/adapters/curve/open-curve.ts";
import { openVerifierCurve } from "../../../../services/adapters/curve/open-verifier-curve.ts";
import { secureRandomBytes } from "../../../../services/adapters/curve/random-bytes.ts";
import { commitUpdate } from "../../../../services/protocol/gram/commitment.ts";
import { verifyGram } from "../../../../services/protocol/gram/gram-verifier.ts";
import { proveGram } from "../../../../services/protocol/gram/prove-gram.ts";

/** What the test asks of the page. */
async function check() {
  const parameterCount = 3000;
  await using curve = await openCurve({ parameterCount, threads: 2 });
  const update = Int16Array.from(
    { length: parameterCount },
    (_, j) => ((j * 7919) % 65536) - 32768,
  );
  const commitment = await commitUpdate(curve, { update, blinding: 5n });
  const slots = Array.from({ length: 8 }, (_, slot) => (slot < 4 && slot !== 2 ? update : null));
  const proven = await proveGram({
    curve,
    slots,
    blindings: slots.map(() => 5n),
    context: 9n,
    parameterCount,
    terms: [],
    decide: () => [],
    randomBytes: secureRandomBytes,
  });
  await using verifier = await openVerifierCurve();
  const statement = { ...proven, context: 9n, parameterCount, curve: verifier };
  const verdict = await verifyGram(statement);
  const forged = await verifyGram({ ...statement, context: 10n });
  return {
    isIsolated: crossOriginIsolated,
    commitment: [String(commitment.x), String(commitment.y)],
    isAccepted: verdict.isAccepted,
    isForgeryAccepted: forged.isAccepted,
  };
}

Object.assign(globalThis, { check });
