import type { Receipt } from "../transactions/transaction-receipt.ts";

/** How far one step of providing for a deposit is. In a wallet each step that is needed is a question to a person. */
export type DepositStep = { readonly name: "wrap" | "permit" | "approve" } & (
  | { readonly state: "asked" }
  | { readonly state: "not-needed" }
  | { readonly state: "sent"; readonly hash: string }
  | { readonly state: "done"; readonly receipt?: Receipt }
);

/** Told of each change of a step, in their order. */
export type OnDepositStep = (step: DepositStep) => void;
