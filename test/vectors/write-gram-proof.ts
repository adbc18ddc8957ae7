// Writes gram-proof.json: `node test/vectors/write-gram-proof.ts`. A test compares the file with a fresh run.
import { writeFileSync } from "node:fs";
import { DEVELOPMENT_TAU } from "../../services/adapters/curve/development-tau.ts";
import { openCurve } from "../../services/adapters/curve/open-curve.ts";
import { BLINDING_BASE } from "../../services/protocol/gram/blinding-base.ts";
import { GRAM_CASES, gramVector, toVectorJson } from "../protocol/gram-cases.ts";

await using curve = await openCurve({ parameterCount: 256 });
const cases = [];
for (const gramCase of GRAM_CASES) cases.push(await gramVector(curve, gramCase));
const setup = { developmentTau: DEVELOPMENT_TAU, tauG2: curve.tauG2, blindingBase: BLINDING_BASE };
writeFileSync(new URL("gram-proof.json", import.meta.url), toVectorJson({ setup, cases }));
