import { defineErrors } from "../../protocol/errors.ts";

export const configErrors = defineErrors([2750, 2769], {
  unreadable: {
    code: "CW2750",
    title: "The configuration file cannot be read",
    hint: "Check the path given with --config (or COMMONWEIGHT_CONFIG) and that the file is JSON.",
  },
  invalid: {
    code: "CW2751",
    title: "The configuration is not valid",
    hint: "Correct the fields named above; `docs/configuration.md` describes each of them.",
  },
  networkUnknown: {
    code: "CW2752",
    title: "This network is not configured",
    hint: "Use one of the networks named above, or add it under `networks` in commonweight.config.json.",
  },
  secretMissing: {
    code: "CW2753",
    title: "A secret is needed and was not given",
    hint: "Name a keystore with --keystore <file> or COMMONWEIGHT_KEYSTORE (`commonweight keys new <file>` makes one), or set the variable named above. Secrets themselves are never read from flags or from the configuration file.",
  },
  marketMissing: {
    code: "CW2754",
    title: "The configuration names no market on this network",
    hint: "Put the market's address under `networks.<name>.market` in commonweight.config.json; `commonweight up` and `commonweight deploy` write it.",
  },
  marketNotRunning: {
    code: "CW2755",
    title: "No market runs on this machine",
    hint: "Start one with `npm start` in another terminal and leave it up; if it has its own --state folder, name the same one here. Another network: --network or --config.",
  },
});
