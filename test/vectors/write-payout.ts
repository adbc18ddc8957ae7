// Writes payout.json: `node test/vectors/write-payout.ts`. A test compares the file with a fresh run.
import { writeFileSync } from "node:fs";
import { payoutVectors } from "../protocol/market/payout-cases.ts";

writeFileSync(new URL("payout.json", import.meta.url), payoutVectors());
