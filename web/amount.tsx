import { UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { amountText, type TokenUnit } from "../services/protocol/market/token-amount.ts";
import { shortAmount } from "./amounts.ts";

/** An amount in people's units; pressing it shows every digit, and again the short form. */
export function Amount({ wei, unit }: { wei: bigint; unit: TokenUnit }) {
  const [isExact, setIsExact] = useState(false);
  const exact = amountText(wei, unit);
  return (
    <UnstyledButton
      component="button"
      fz="inherit"
      title={`exactly ${exact}`}
      aria-pressed={isExact}
      data-wei={String(wei)}
      onClick={() => setIsExact(!isExact)}
      style={{ whiteSpace: "nowrap", textDecoration: "underline dotted" }}
    >
      {isExact ? exact : shortAmount(wei, unit)}
    </UnstyledButton>
  );
}
