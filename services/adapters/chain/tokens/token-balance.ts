import { isSameAddress } from "../../../protocol/address.ts";
import type { Chain } from "../connect.ts";
import type { OnDepositStep } from "./deposit-step.ts";
import { readBalance, wrapNative } from "./token.ts";

/** Wraps as much native coin as this account lacks, when the token is the market's own wrapper of it. */
export async function topUpWrapped(
  chain: Chain,
  token: string,
  neededWei: bigint,
  onStep: OnDepositStep = () => {},
): Promise<void> {
  const name = "wrap";
  const isWrapped = isSameAddress(token, chain.addresses.wrappedNative);
  const balanceWei = isWrapped ? await readBalance(chain, token, chain.account as string) : 0n;
  if (!isWrapped || balanceWei >= neededWei) return onStep({ name, state: "not-needed" });
  onStep({ name, state: "asked" });
  const onSent = (hash: string) => onStep({ name, state: "sent", hash });
  const receipt = await wrapNative(chain, neededWei - balanceWei, { onSent });
  onStep({ name, state: "done", receipt });
}
