import type { JsonRpcProvider } from "ethers";

/** What a transaction does. */
export interface GasCall {
  readonly to: string;
  readonly data: string;
  readonly valueWei: bigint;
}

/** Finds an account's gas limits: high enough, and only for what the contract takes. */
export interface GasLimits {
  /** @throws what the node says of a transaction that would fail. */
  find(call: GasCall): Promise<bigint>;
  /** Notes what a transaction took that was mined. */
  note(call: GasCall, gasUsed: bigint): void;
  /** Notes that one failed in its block, perhaps for want of gas. */
  noteFailure(call: GasCall): void;
}

/** A tenth more than estimated: between the estimate and the block a cold word may have to be read. */
export const withGasMargin = (gas: bigint): bigint => gas + gas / 10n + 20_000n;

/** Of what the last one took: refunds are not in that, and an inner call gets only 63 of 64 parts of what is left. */
const withRoom = (gasUsed: bigint): bigint => gasUsed + gasUsed / 2n + 20_000n;

/** What the vault allows for each payment, and how many there are at most: all trainers on a roster, and three aggregators. */
const MOST_FOR_PAYMENTS = 43n * 150_000n;
/** What a transaction may have on networks that limit it (EIP-7825). */
const MOST_GAS = 2n ** 24n;

/**
 * After a failure. A payee whose token tells it may take little gas while a settlement is estimated, and much once it is sent, again and
 * again, until the turn to settle is over. What is not taken costs nothing.
 */
const withAllPayments = (gas: bigint): bigint => {
  const most = gas + MOST_FOR_PAYMENTS;
  return gas > MOST_GAS || most < MOST_GAS ? most : MOST_GAS;
};

/** Contract and function; undefined for a bare payment. */
const kindOf = ({ to, data }: GasCall): string | undefined =>
  data.length < 10 ? undefined : `${to}/${data.slice(0, 10)}`;

/**
 * Nodes estimate gas by running a call again and again with less and less of it. What is like the last one is run once, with half as
 * much again as that took; only when it does not succeed with that is it estimated.
 */
export function createGasLimits(
  provider: Pick<JsonRpcProvider, "call" | "estimateGas">,
  from: string,
): GasLimits {
  const taken = new Map<string, bigint>();
  const failed = new Set<string>();

  async function runOnce(call: GasCall): Promise<bigint | undefined> {
    const last = taken.get(kindOf(call) ?? "");
    if (last === undefined) return undefined;
    const { to, data, valueWei: value } = call;
    const gasLimit = withRoom(last);
    try {
      await provider.call({ from, to, data, value, gasLimit });
      return gasLimit;
    } catch {
      // Too little gas, or refused: the estimate knows which, and says it.
      return undefined;
    }
  }

  return {
    find: async (call) => {
      const { to, data, valueWei: value } = call;
      const gas = (await runOnce(call)) ?? (await provider.estimateGas({ from, to, data, value }));
      const limit = withGasMargin(gas);
      return failed.has(kindOf(call) ?? "") ? withAllPayments(limit) : limit;
    },
    note: (call, gasUsed) => {
      const kind = kindOf(call);
      if (kind === undefined) return;
      taken.set(kind, gasUsed);
      failed.delete(kind);
    },
    noteFailure: (call) => {
      const kind = kindOf(call);
      if (kind !== undefined) failed.add(kind);
    },
  };
}
