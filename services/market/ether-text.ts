/** An amount of the native coin's wrapper with four decimals. */
export function etherText(wei: unknown): string {
  return `${(Number(BigInt(String(wei ?? 0)) / 10n ** 14n) / 10_000).toFixed(4)} ETH`;
}
