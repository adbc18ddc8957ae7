// Writes round-rule.json: `node test/vectors/write-round-rule.ts`. A test compares the file with a fresh run.
import { writeFileSync } from "node:fs";
import { roundRuleVectors } from "../protocol/rule/round-rule-cases.ts";

writeFileSync(new URL("round-rule.json", import.meta.url), roundRuleVectors());
