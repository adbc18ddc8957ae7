// Writes round-verifier.json for the Solidity tests: `node test/vectors/write-round-verifier.ts`.
// The rounds are those of gram-proof.json; the rule proofs are made with test keys whose secrets are known.
import { writeFileSync } from "node:fs";
import { roundVerifierVectors } from "../integration/verifier-vectors.ts";

writeFileSync(new URL("round-verifier.json", import.meta.url), roundVerifierVectors());
