import type { RegisterCommand } from "../../command-line/command-context.ts";

/** Adds `commonweight networks`. */
export const register: RegisterCommand = (parent, context) => {
  parent
    .command("networks")
    .description("the networks of the configuration; * is the one in use")
    .addHelpText(
      "after",
      "\nAdd networks under `networks` in commonweight.config.json; take one with --network.\n\nExample:\n  commonweight networks",
    )
    .action(
      context.action(async ({ config }) => {
        const networks = Object.entries(config.networks).map(([name, network]) => ({
          name,
          isSelected: name === config.network,
          ...network,
        }));
        const text = networks
          .map(({ name, isSelected, rpcUrl, chainId, market }) =>
            [
              isSelected ? "*" : " ",
              name.padEnd(16),
              `chain ${chainId ?? "any"}`.padEnd(14),
              rpcUrl.padEnd(32),
              market ?? "no market",
            ].join(" "),
          )
          .join("\n");
        return { data: { networks }, text };
      }),
    );
};
