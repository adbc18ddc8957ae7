import { type Chain, chainTime } from "../connect.ts";
import { type MarketCall, permitCall } from "../market-calls.ts";
import type { OnDepositStep } from "./deposit-step.ts";
import { isPermitTaken, readPermitDomain, signPermit, type VaultPermit } from "./permit.ts";
import { approveVault, readAllowance } from "./token.ts";

/** How long a permit holds that is used at once: nodes that are away are waited for. */
const PERMIT_SECONDS = 600;

/**
 * Lets the vault take an amount, for a single call of the market that takes it: by a permit where the token has them, which saves a
 * transaction, and by an approval where it has none.
 *
 * @param amountWei In the token's smallest unit.
 * @param options.permitSeconds How long a permit holds: long enough for whoever signs the call that uses it.
 * @returns The calls that must come first in that call's transaction.
 */
export async function allowDeposit(
  chain: Chain,
  token: string,
  amountWei: bigint,
  options: { readonly permitSeconds?: number; readonly onStep?: OnDepositStep } = {},
): Promise<readonly MarketCall[]> {
  const { permitSeconds = PERMIT_SECONDS, onStep = () => {} } = options;
  const isAllowed = (await readAllowance(chain, token)) >= amountWei;
  const permit = isAllowed
    ? undefined
    : await takePermit(chain, token, { amountWei, permitSeconds, onStep });
  onStep({ name: "permit", state: permit === undefined ? "not-needed" : "done" });
  if (isAllowed || permit !== undefined) {
    onStep({ name: "approve", state: "not-needed" });
    return permit === undefined ? [] : [permitCall(permit)];
  }
  onStep({ name: "approve", state: "asked" });
  const onSent = (hash: string) => onStep({ name: "approve", state: "sent", hash });
  const receipt = await approveVault(chain, token, amountWei, { onSent });
  onStep({ name: "approve", state: "done", ...(receipt && { receipt }) });
  return [];
}

/** A permit that the token takes; undefined where it has none, or has permits of another kind. */
async function takePermit(
  chain: Chain,
  token: string,
  terms: {
    readonly amountWei: bigint;
    readonly permitSeconds: number;
    readonly onStep: OnDepositStep;
  },
): Promise<VaultPermit | undefined> {
  const domain = await readPermitDomain(chain, token);
  if (domain === undefined) return undefined;
  terms.onStep({ name: "permit", state: "asked" });
  const deadline = BigInt((await chainTime(chain)) + terms.permitSeconds);
  const permit = await signPermit(chain, domain, { amountWei: terms.amountWei, deadline });
  return (await isPermitTaken(chain, permit)) ? permit : undefined;
}
