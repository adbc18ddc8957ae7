#!/usr/bin/env node
/** The command `commonweight`: same start as `npm start`, from any folder. */
process.argv.splice(2, 0, "commonweight");
await import("../scripts/launch.mjs");
