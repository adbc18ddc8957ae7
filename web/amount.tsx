import { UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { type AmountUnit, exactAmount, shortAmount } from "./amounts.ts";

/** An amount in people's units; pressing it shows every digit, and again the short form. */
export function Amount({ wei, unit }: { wei: bigint; unit: AmountUnit }) {
  const [isExact, setIsExact] = useState(false);
  const exact = `${exactAmount(wei, unit)} ${unit.symbol}`;
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
