import { derivedAccounts } from "../adapters/chain/accounts/derived-accounts.ts";
import {
  type DevelopmentAccount,
  developmentAccounts,
} from "../adapters/chain/accounts/development-accounts.ts";
import {
  type Endowment,
  fundAccounts,
  readNode,
} from "../adapters/chain/accounts/fund-accounts.ts";
import { DEVELOPMENT_MNEMONIC } from "../adapters/embedded-chain.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { marketErrors } from "./errors.ts";
import { marketAccountCount, marketAccounts } from "./market-accounts.ts";
import { type MarketOptions, marketTerms } from "./market-plan.ts";
import { LOCAL_CHAINS, requireTestChain } from "./test-chains.ts";

/** A node that somebody else runs, with accounts on it that can pay for the market. */
export interface OwnNode {
  readonly rpcUrl: string;
  readonly chainId: number;
  /** As `marketAccounts` shares them out. */
  readonly accounts: readonly DevelopmentAccount[];
}

/** Gas of everything that an account sends, with room: measured on the embedded chain, doubled. */
const GAS = {
  deploy: 45_000_000n,
  post: 2_000_000n,
  aggregate: 4_000_000n,
  join: 2_000_000n,
  takePart: 500_000n,
} as const;

/** What each account of a market needs. Trainers' updates are relayed, so most of theirs is the stake. */
export function marketEndowments(
  options: MarketOptions,
  accounts: readonly DevelopmentAccount[],
  gasPriceWei: bigint,
): Endowment[] {
  const nobody = `0x${"00".repeat(20)}`;
  const terms = marketTerms(options, { rewardToken: nobody, referee: nobody, aggregators: [] });
  const settlements = BigInt(terms.rounds + terms.extraRounds);
  const escrowWei =
    terms.budgetPerRoundWei * BigInt(terms.rounds) + terms.settleFeeWei * settlements;
  const gas = (units: bigint) => units * gasPriceWei;
  const rounds = gas(GAS.aggregate * (settlements + 1n));
  const { deployer, owner, referee, aggregators, trainers } = marketAccounts(
    accounts,
    options.trainers,
  );
  const endowment = ({ address }: DevelopmentAccount, leastWei: bigint): Endowment => ({
    account: address,
    leastWei,
  });
  return [
    endowment(deployer, gas(GAS.deploy)),
    endowment(owner, escrowWei + gas(GAS.post)),
    endowment(referee, gas(GAS.takePart * settlements)),
    ...aggregators.map((each) => endowment(each, terms.aggregatorBondWei + rounds)),
    ...trainers.map((each) =>
      endowment(each, terms.stakeWei + gas(GAS.join + GAS.takePart * settlements)),
    ),
  ];
}

/**
 * Makes ready to run a market on somebody else's node: looks at its chain, and gives the market's accounts what they lack.
 *
 * @param options.privateKey Pays, and the market's accounts follow from it: the next market with it uses what is left on them. Without
 *   one, an unlocked account of a node on this machine's own chain pays, to accounts whose keys are public.
 * @throws CW2200, CW2202, CW6009
 */
export async function openOwnNode(
  options: MarketOptions,
  from: {
    readonly rpcUrl: string;
    readonly saidChainId?: bigint | undefined;
    readonly privateKey?: string | undefined;
    readonly onProgress: (text: string) => void;
  },
): Promise<OwnNode> {
  const { rpcUrl, privateKey, onProgress } = from;
  const { chainId, gasPriceWei } = await readNode(rpcUrl);
  requireTestChain(chainId, from.saidChainId);
  if (privateKey === undefined && !LOCAL_CHAINS.includes(chainId)) {
    throw new CommonweightError(
      marketErrors.nodeRefused,
      `chain ${chainId} is not of this machine alone, so the market's accounts must be nobody else's: they follow from a key of yours`,
    );
  }
  const count = marketAccountCount(options.trainers);
  const accounts =
    privateKey === undefined
      ? developmentAccounts(DEVELOPMENT_MNEMONIC, count)
      : derivedAccounts(privateKey, "market", count);
  await fundAccounts({
    ...{ rpcUrl, privateKey, onProgress },
    endowments: marketEndowments(options, accounts, gasPriceWei),
    extraWei: 30_000n * BigInt(count) * gasPriceWei,
  });
  return { rpcUrl, chainId: Number(chainId), accounts };
}
