import { derivedAccounts } from "../adapters/chain/derived-accounts.ts";
import {
  type DevelopmentAccount,
  developmentAccounts,
} from "../adapters/chain/development-accounts.ts";
import { type Endowment, fundAccounts, readNode } from "../adapters/chain/fund-accounts.ts";
import { DEVELOPMENT_MNEMONIC } from "../adapters/embedded-chain.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { marketErrors } from "./errors.ts";
import { marketAccountCount, marketAccounts } from "./market-accounts.ts";
import { type MarketOptions, marketTerms } from "./market-plan.ts";

/** A node that somebody else runs, with accounts on it that can pay for the market. */
export interface OwnNode {
  readonly rpcUrl: string;
  readonly chainId: number;
  /** As `marketAccounts` shares them out. */
  readonly accounts: readonly DevelopmentAccount[];
}

/** Chains of one machine, whose accounts everybody may know. */
const LOCAL_CHAINS: readonly bigint[] = [31_337n, 1337n];
/** Public networks for trying out: Sepolia, Holesky, Hoodi, and those of the larger second layers. */
const TEST_CHAINS: readonly bigint[] = [
  ...[11_155_111n, 17_000n, 560_048n, 84_532n, 421_614n, 11_155_420n, 80_002n],
  ...[97n, 10_200n, 43_113n, 59_141n, 534_351n, 300n],
];
/** Networks whose coins are money. */
const REAL_CHAINS: readonly bigint[] = [
  ...[
    1n,
    10n,
    14n,
    25n,
    30n,
    56n,
    61n,
    100n,
    130n,
    137n,
    146n,
    250n,
    252n,
    288n,
    324n,
    480n,
    1088n,
  ],
  ...[1101n, 1284n, 2222n, 5000n, 8217n, 8453n, 34_443n, 42_161n, 42_170n, 42_220n, 43_114n],
  ...[57_073n, 59_144n, 80_094n, 81_457n, 167_000n, 534_352n, 7_777_777n],
];

/**
 * Refuses chains on which a market under development keys would give money away: whoever knows the public secret can prove what it
 * likes. A chain that is not known here is run on when its number was said.
 *
 * @throws CW6009
 */
export function requireTestChain(chainId: bigint, said: bigint | undefined): void {
  const refuse = (message: string) => {
    throw new CommonweightError(marketErrors.nodeRefused, message, {
      details: { chainId: chainId.toString() },
    });
  };
  if (said !== undefined && said !== chainId) {
    refuse(`the node is of chain ${chainId}, and --chain-id says ${said}`);
  }
  if (REAL_CHAINS.includes(chainId)) {
    refuse(
      `chain ${chainId} is one whose coins are money, and this market runs under development keys: anybody could forge a proof and take the escrow`,
    );
  }
  if (LOCAL_CHAINS.includes(chainId) || TEST_CHAINS.includes(chainId) || said === chainId) return;
  refuse(
    `chain ${chainId} is not known to be for trying out; if its coins are worth nothing, say so with --chain-id ${chainId}`,
  );
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
