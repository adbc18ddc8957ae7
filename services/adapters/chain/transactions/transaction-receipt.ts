/** What a mined transaction cost. */
export interface Receipt {
  readonly hash: string;
  readonly blockNumber: number;
  readonly gasUsed: bigint;
  readonly gasPriceWei: bigint;
}
