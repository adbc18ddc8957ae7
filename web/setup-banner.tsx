import { Alert } from "@mantine/core";
import type { SetupLabel } from "./connection.ts";

/** Says on every page what kind of keys the market's proofs are judged by. */
export function SetupBanner({ setup }: { setup: SetupLabel }) {
  return setup.isDevelopment ? (
    <Alert color="yellow" role="note" mb="md" title="Development key" data-setup="development">
      Its secret is public, not for real money: anybody can forge a proof that this market accepts.
      The verifier contract says of itself: “{setup.label}”.
    </Alert>
  ) : (
    <Alert
      color="blue"
      role="note"
      mb="md"
      title="Keys from a ceremony, by the contract's own word"
      data-setup="ceremony"
    >
      The verifier contract says of its keys: “{setup.label}”. An audit in a terminal with the
      ceremony’s file (--srs) compares them.
    </Alert>
  );
}
