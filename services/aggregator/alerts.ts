import type { Project } from "../adapters/chain/projects/project.ts";
import type { Round } from "../adapters/chain/rounds/round.ts";
import type { Head } from "./chain-head.ts";
import type { ServiceEvent } from "./service-event.ts";

/** What an operator is called for. */
export type AlertKind = "low-balance" | "deadline" | "chain" | "transaction";

/** Something that somebody has to look at. */
export interface Alert {
  readonly kind: AlertKind;
  /** What it is about: a project, or empty for the whole service. */
  readonly subject: string;
  readonly message: string;
  /** Unix seconds. */
  readonly since: number;
}

/** The alerts that stand: each is said when it begins and when it is over, and not in between. */
export class Alerts {
  readonly #standing = new Map<string, Alert>();
  readonly #onEvent: (event: ServiceEvent) => void;

  constructor(onEvent: (event: ServiceEvent) => void) {
    this.#onEvent = onEvent;
  }

  /** @param message Undefined when all is well. */
  set(kind: AlertKind, subject: string, message: string | undefined): void {
    const key = `${kind}/${subject}`;
    const standing = this.#standing.get(key);
    const at = Math.floor(Date.now() / 1000);
    if (message === undefined) {
      if (standing === undefined) return;
      this.#standing.delete(key);
      this.#onEvent({ type: "alert-over", at, kind, subject });
      return;
    }
    this.#standing.set(key, { kind, subject, message, since: standing?.since ?? at });
    if (standing === undefined) this.#onEvent({ type: "alert", at, kind, subject, message });
  }

  list(): readonly Alert[] {
    return [...this.#standing.values()];
  }
}

/** A settlement of 16 slots and everything around it, rounded up. */
const GAS_PER_ROUND = 2_000_000n;
/** The account should last for this many rounds. */
const ROUNDS_AHEAD = 20n;

/** Rounds whose gas no deposit takes: those that may be open when somebody posts a project that wants all that the account has. */
const ROUNDS_RESERVED = 5n;

/** What of an account's coins stays for gas, whatever is to be bonded. */
export const gasReserveWei = (feePerGasWei: bigint): bigint =>
  GAS_PER_ROUND * ROUNDS_RESERVED * feePerGasWei;

/** Whether an account can pay for the next rounds. */
export function balanceAlert(balanceWei: bigint, feePerGasWei: bigint): string | undefined {
  const wantedWei = GAS_PER_ROUND * ROUNDS_AHEAD * feePerGasWei;
  if (balanceWei >= wantedWei) return undefined;
  const rounds = feePerGasWei === 0n ? 0n : balanceWei / (GAS_PER_ROUND * feePerGasWei);
  return `${balanceWei} wei last for about ${rounds} rounds at ${feePerGasWei} wei a unit of gas; have at least ${wantedWei}`;
}

/** The part of a window after which somebody should look. */
const LATE = 2 / 3;

/**
 * Whether what this aggregator is in charge of is still undone late in its window: its place in charge is at stake, and once a round is open its bond.
 *
 * @param round The open round; undefined between rounds.
 */
export function deadlineAlert(
  { terms, phase, aggregatorIndex, phaseEndsAt }: Project,
  round: Pick<Round, "roundIndex" | "revealClosesAt"> | undefined,
  ownIndex: number,
  { time }: Pick<Head, "time">,
): string | undefined {
  const count = terms.aggregators.length;
  const place = (ownIndex - aggregatorIndex + count) % count;
  if (phase === "idle") {
    const endsAt = phaseEndsAt - (count - 1 - place) * terms.openSeconds;
    const left = endsAt - time;
    if (left > (1 - LATE) * terms.openSeconds || left < 0) return undefined;
    return `the round is not open, and the window ends in ${left} s`;
  }
  if ((phase !== "reveal" && phase !== "settle") || round === undefined) return undefined;
  const endsAt = round.revealClosesAt + (place + 1) * terms.settleSeconds;
  const left = endsAt - time;
  if (left > (1 - LATE) * terms.settleSeconds || left < 0) return undefined;
  return `round ${round.roundIndex} is not settled, and the window ends in ${left} s`;
}
