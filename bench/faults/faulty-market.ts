import type { Market } from "../../services/market/market.ts";
import type { MachineFaults } from "./fault-agent.ts";

/** A market under attack by misfortune. */
export interface FaultyMarket {
  readonly market: Market;
  readonly stateFolder: string;
  /** Whole numbers below `limit`, the same for the same seed. */
  readonly random: (limit: number) => number;
  /** Waits, and less when the market has ended. */
  readonly wait: (ms: number) => Promise<void>;
  readonly isOver: () => boolean;
  /** Does this to the machine of one process from now on; makes it sound again without `faults`. */
  readonly afflict: (name: string, faults?: MachineFaults) => void;
  /** Fills the disk that all processes write to. @returns Makes room again. */
  readonly fillDisk: () => () => void;
  /** What a killed process waits for before it is started again: none starts on a full disk, and whoever runs it tries until it does. */
  readonly beforeRestart?: Promise<unknown>;
}

/** A kind of misfortune. Each leaves the market as it found it: whoever was killed is started again. */
export interface FaultKind {
  readonly name: string;
  /** What it stands for. */
  readonly text: string;
  inject(faulty: FaultyMarket): Promise<void>;
}

/** One of the trainers, by its name. */
export const someTrainer = ({ market, random }: FaultyMarket): string =>
  market.trainers[random(market.trainers.length)]?.name as string;
