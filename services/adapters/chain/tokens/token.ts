import { Contract } from "ethers";
import { isErrorOf } from "../../../protocol/errors.ts";
import type { AtBlock } from "../at-block.ts";
import { type Chain, call, send } from "../connect.ts";
import { chainErrors } from "../errors.ts";
import type { Receipt } from "../transactions/transaction-receipt.ts";

const tokenAbi = [
  "function name() view returns (string)",
  "function symbol() view returns (string)",
  "function decimals() view returns (uint8)",
  "function balanceOf(address) view returns (uint256)",
  "function allowance(address owner, address spender) view returns (uint256)",
  "function approve(address spender, uint256 amount) returns (bool)",
  "function transfer(address to, uint256 amount) returns (bool)",
  "function deposit() payable",
  "function withdraw(uint256 amount)",
];

const tokenAt = (chain: Chain, token: string) =>
  new Contract(token, tokenAbi, chain.signer ?? chain.provider);

/** What people need to know of a token to read an amount. */
export interface TokenDescription {
  readonly address: string;
  readonly symbol: string;
  readonly decimals: number;
}

/** Symbol and decimals of a token. */
export async function describeToken(
  chain: Chain,
  token: string,
  at: AtBlock = {},
): Promise<TokenDescription> {
  const contract = tokenAt(chain, token);
  const [symbol, decimals] = await Promise.all([
    call<string>(contract, "symbol", at),
    call<bigint>(contract, "decimals", at),
  ]);
  return { address: token, symbol, decimals: Number(decimals) };
}

/** An account's balance in the token's smallest unit. */
export const readBalance = (chain: Chain, token: string, account: string, at: AtBlock = {}) =>
  call<bigint>(tokenAt(chain, token), "balanceOf", account, at);

/** An account's balance of the native coin, in wei. */
export const readNativeBalance = (chain: Chain, account: string) =>
  chain.provider.getBalance(account);

/** How much the vault may take from this account. */
export const readAllowance = (chain: Chain, token: string) =>
  call<bigint>(tokenAt(chain, token), "allowance", chain.account, chain.addresses.vault);

/** Lets the vault take `amountWei` from this account; nothing is sent when it already may. */
export async function approveVault(
  chain: Chain,
  token: string,
  amountWei: bigint,
  options: { onSent?: (hash: string) => void } = {},
): Promise<Receipt | undefined> {
  const before = await readAllowance(chain, token);
  if (before >= amountWei) return undefined;
  const approve = (wei: bigint) =>
    send(chain, tokenAt(chain, token), "approve", [chain.addresses.vault, wei], options);
  try {
    return await approve(amountWei);
  } catch (error) {
    if (before === 0n || !isErrorOf(error, chainErrors.refused)) throw error;
    // Some tokens, USDT among them, change what is left of an allowance by way of none only.
    await approve(0n);
    return approve(amountWei);
  }
}

/** Wraps native coin so that it can be used as the reward token. */
export const wrapNative = (
  chain: Chain,
  amountWei: bigint,
  options: { onSent?: (hash: string) => void } = {},
) =>
  send(chain, tokenAt(chain, chain.addresses.wrappedNative), "deposit", [], {
    ...options,
    valueWei: amountWei,
  });
