/** Gas of a whole transaction, in a project's third round, when every word it writes has been written before. */
export interface MarketGas {
  readonly step: string;
  readonly gas: number;
  /** Gas per trainer, where the step is about several. */
  readonly perTrainer?: number;
}
