// Writes reliability.json and sampling.json: `node test/vectors/write-reliability.ts`. A test compares them with a fresh run.
import { writeFileSync } from "node:fs";
import { reliabilityVectors, samplingVectors } from "../protocol/market/reliability-cases.ts";

writeFileSync(new URL("reliability.json", import.meta.url), reliabilityVectors());
writeFileSync(new URL("sampling.json", import.meta.url), samplingVectors());
