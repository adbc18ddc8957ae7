/** Whether two addresses are the same account: with or without a checksum in their letters. An absent one is nobody's. */
export function isSameAddress(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}

/** Whether an account is among others, however each address is written. */
export const includesAddress = (accounts: readonly string[], account: string): boolean =>
  accounts.some((each) => isSameAddress(each, account));
