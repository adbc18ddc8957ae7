// Writes submissions.json: `node test/vectors/write-submissions.ts`. A test compares the file with a fresh run.
import { writeFileSync } from "node:fs";
import { submissionsVectors } from "../protocol/market/submissions-cases.ts";

writeFileSync(new URL("submissions.json", import.meta.url), submissionsVectors());
