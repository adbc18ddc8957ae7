import { isSameAddress } from "../../../protocol/address.ts";
import { CommonweightError } from "../../../protocol/errors.ts";
import type { Chain } from "../connect.ts";
import { chainErrors } from "../errors.ts";
import type { MarketCall } from "../market-calls.ts";
import { allowDeposit } from "./allow-deposit.ts";
import { approveVault, readBalance } from "./token.ts";
import { topUpWrapped } from "./token-balance.ts";

/** A deposit of an account's tokens into the vault. */
export interface Deposit {
  readonly token: string;
  readonly amountWei: bigint;
  /** Sends the transaction that takes the deposit; the allowance is there once the calls that come first in it are made. */
  readonly send: (first: readonly MarketCall[]) => Promise<unknown>;
}

interface Request extends Deposit {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Makes an account's deposits. Balance and allowance are the account's: deposits side by side would spend each other's, so whatever is
 * asked for while others are under way waits, and is then provided for together.
 */
export class DepositDesk {
  readonly #chain: Chain;
  readonly #reserveWei: (() => Promise<bigint>) | undefined;
  #waiting: Request[] = [];
  #isServing = false;

  /** @param reserveWei What of the network's coin has to stay for gas whatever is asked for; nothing is asked of the node without it. */
  constructor(chain: Chain, reserveWei?: () => Promise<bigint>) {
    this.#chain = chain;
    this.#reserveWei = reserveWei;
  }

  /**
   * Resolves when the deposit is made.
   *
   * @throws CW2202 when the account cannot pay for it, CW2214 when it would have too little left for gas; what `send` throws.
   */
  deposit(deposit: Deposit): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...deposit, resolve, reject });
      void this.#serve();
    });
  }

  async #serve(): Promise<void> {
    if (this.#isServing) return;
    this.#isServing = true;
    while (this.#waiting.length > 0) {
      const byToken = Map.groupBy(this.#waiting, ({ token }) => token);
      this.#waiting = [];
      for (const requests of byToken.values()) await this.#serveTogether(requests);
    }
    this.#isServing = false;
  }

  async #serveTogether(requests: readonly Request[]): Promise<void> {
    const [first] = requests;
    if (first === undefined) return;
    const sumWei = requests.reduce((sum, { amountWei }) => sum + amountWei, 0n);
    let calls: readonly MarketCall[] = [];
    try {
      await this.#requireReserve(first.token, sumWei);
      // In one block, if it likes: neither needs the other. Both are over before anything else is tried.
      const [toppedUp, allowed] = await Promise.allSettled([
        topUpWrapped(this.#chain, first.token, sumWei),
        // Permits count up, and the transactions of several might come in another order.
        requests.length === 1
          ? allowDeposit(this.#chain, first.token, sumWei)
          : approveVault(this.#chain, first.token, sumWei).then(() => []),
      ]);
      if (toppedUp.status === "rejected") throw toppedUp.reason;
      if (allowed.status === "rejected") throw allowed.reason;
      calls = allowed.value;
    } catch (error) {
      if (requests.length === 1) return first.reject(error);
      // What is too much for all of them may do for some.
      for (const request of requests) await this.#serveTogether([request]);
      return;
    }
    await Promise.all(
      requests.map(({ send, resolve, reject }) => send(calls).then(() => resolve(), reject)),
    );
  }

  /** A deposit of wrapped coins may take the account's coins. */
  async #requireReserve(token: string, sumWei: bigint): Promise<void> {
    const { addresses, provider, account } = this.#chain;
    if (this.#reserveWei === undefined || !isSameAddress(token, addresses.wrappedNative)) return;
    const owner = account as string;
    const [wrappedWei, coinsWei, reserveWei] = await Promise.all([
      readBalance(this.#chain, token, owner),
      provider.getBalance(owner),
      this.#reserveWei(),
    ]);
    const neededWei = sumWei - wrappedWei;
    // What there is not is for the transaction to refuse.
    if (neededWei <= 0n || neededWei > coinsWei || coinsWei - neededWei >= reserveWei) return;
    throw new CommonweightError(
      chainErrors.gasReserve,
      `${neededWei} of ${coinsWei} wei are asked for, and ${reserveWei} have to stay`,
    );
  }
}
