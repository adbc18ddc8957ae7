/** Something that happened in the market; `process` says where. */
export interface MarketEvent {
  readonly process: string;
  readonly type: string;
  readonly [detail: string]: unknown;
}
