import type { Chain } from "../../adapters/chain/connect.ts";
import {
  describeToken,
  readBalance,
  readNativeBalance,
} from "../../adapters/chain/tokens/token.ts";
import type { ModelSpec } from "../../learning/model-spec.ts";
import { isSameAddress } from "../../protocol/address.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { aboutCoins, amountText } from "../../protocol/market/token-amount.ts";
import { ownerErrors } from "../errors.ts";
import type { PreparedProject } from "./post-project.ts";

/** What posting costs, before anything is sent. */
export interface PostingQuote {
  /** Gas of all transactions, about: wrapping, approving, posting. */
  readonly gas: bigint;
  readonly gasPriceWei: bigint;
  readonly feeWei: bigint;
  readonly escrowWei: bigint;
  /** True when the reward token wraps the native coin: what is lacking is wrapped on the way. */
  readonly isWrapped: boolean;
  readonly coinWei: bigint;
  readonly tokenWei: bigint;
  /** What an aggregator's settlement of a round costs at this gas price, about. */
  readonly settleGasWei: bigint;
}

/** Measured by `test/integration/market-gas.test.ts`, with room for longer texts and cold storage. */
const GAS = { wrap: 70_000n, approve: 50_000n, post: 480_000n, settle: 960_000n } as const;

/**
 * Adds up what posting costs this account and looks whether it has it.
 *
 * @throws CW4015 with the amounts when it has not.
 */
export async function quotePosting(
  chain: Chain,
  prepared: {
    readonly escrowWei: bigint;
    readonly terms: Pick<PreparedProject["terms"], "rewardToken">;
  },
): Promise<PostingQuote> {
  const { escrowWei, terms } = prepared;
  const account = chain.account as string;
  const isWrapped = isSameAddress(terms.rewardToken, chain.addresses.wrappedNative);
  const [coinWei, tokenWei, { gasPrice, maxFeePerGas }] = await Promise.all([
    readNativeBalance(chain, account),
    readBalance(chain, terms.rewardToken, account),
    chain.provider.getFeeData(),
  ]);
  const gasPriceWei = gasPrice ?? maxFeePerGas ?? 0n;
  const toWrapWei = isWrapped && tokenWei < escrowWei ? escrowWei - tokenWei : 0n;
  const gas = (toWrapWei > 0n ? GAS.wrap : 0n) + GAS.approve + GAS.post;
  const feeWei = gas * gasPriceWei;
  if (!isWrapped && tokenWei < escrowWei) {
    const unit = await describeToken(chain, terms.rewardToken);
    const money = (amountWei: bigint) => amountText(amountWei, unit);
    throw new CommonweightError(
      ownerErrors.balanceTooSmall,
      `${account} has ${money(tokenWei)}; the escrow is ${money(escrowWei)}`,
    );
  }
  if (coinWei < toWrapWei + feeWei) {
    throw new CommonweightError(
      ownerErrors.balanceTooSmall,
      `${account} has ${eth(coinWei)}; ${toWrapWei > 0n ? `the escrow needs ${eth(toWrapWei)} and ` : ""}gas about ${eth(feeWei)}`,
    );
  }
  const settleGasWei = GAS.settle * gasPriceWei;
  return { gas, gasPriceWei, feeWei, escrowWei, isWrapped, coinWei, tokenWei, settleGasWei };
}

/** An amount of the native coin with five digits, for people. */
export const eth = (amountWei: bigint) => aboutCoins(amountWei, 5);

/** What an owner has to know besides what it costs, before money moves. */
export function postingWarnings({ model }: { readonly model: ModelSpec }): string[] {
  if (model.kind === "layers") return [];
  return [
    "WARNING: a model that is only a list of tensors starts with zeros, and `owner reference` cannot train it: no round opens unless the referee has a program of its own (docs/bring-your-own-trainer.md)",
  ];
}

/** The quote as lines for people. */
export function quoteText(
  { terms, escrowWei }: PreparedProject,
  quote: PostingQuote,
  money: (wei: bigint) => string,
): string {
  const { rounds, budgetPerRoundWei, settleFeeWei } = terms;
  const loses = settleFeeWei < quote.settleGasWei;
  return [
    `escrow    ${money(escrowWei)}: ${rounds} rounds of ${money(budgetPerRoundWei)}, and ${money(settleFeeWei)} for each of at most ${rounds + terms.extraRounds} settlements`,
    `gas       about ${quote.gas} at ${Number(quote.gasPriceWei) / 1e9} gwei: ${eth(quote.feeWei)}`,
    `balance   ${eth(quote.coinWei)} and ${money(quote.tokenWei)}`,
    `settling  costs an aggregator about ${eth(quote.settleGasWei)} a round and earns ${money(settleFeeWei)}${loses ? ": too little, aggregators would lose money" : ""}`,
  ].join("\n");
}
