import type { Chain } from "../adapters/chain/connect.ts";
import { chainErrors } from "../adapters/chain/errors.ts";
import { type PostedProject, readPosting } from "../adapters/chain/projects/project-posting.ts";
import type { BlockChoice } from "../adapters/chain/rpc/final-block.ts";
import { readTokenUnit } from "../adapters/chain/tokens/token-unit.ts";
import { openVerifierCurve } from "../adapters/curve/open-verifier-curve.ts";
import { openRuleVerifier } from "../adapters/snark/verify-rule.ts";
import { CommonweightError, isErrorOf } from "../protocol/errors.ts";
import type { TokenUnit } from "../protocol/market/token-amount.ts";
import type { AuditCheck } from "./audit-check.ts";
import { auditModels, type ModelAuditOptions } from "./audit-models.ts";
import { auditRound, type RoundAudit } from "./audit-round.ts";
import { checkContracts } from "./checks/check-contracts.ts";
import { checkExclusions, type Exclusion } from "./checks/check-exclusions.ts";
import { checkHistory } from "./checks/check-history.ts";
import { checkPayees } from "./checks/check-payees.ts";
import { checkRoundJobs } from "./checks/check-round-jobs.ts";
import { checkRounds } from "./checks/check-rounds.ts";
import { checkTerms } from "./checks/check-terms.ts";
import { auditorErrors } from "./errors.ts";
import { type ChainSetup, readChainSetup } from "./evidence/chain-setup.ts";
import { collectEvidence, type ProjectEvidence } from "./evidence/collect-evidence.ts";
import { checkEscrow } from "./evidence/escrow-flow.ts";
import {
  type ProjectHistory,
  readBlockFacts,
  readProjectHistory,
} from "./evidence/project-history.ts";
import {
  chooseReadBlock,
  type LaterEvents,
  type ReadBlock,
  readLaterEvents,
  requireState,
} from "./evidence/read-block.ts";
import { readEscrow } from "./evidence/read-escrow.ts";
import { type ReliabilityStatement, replayReliability } from "./replay-reliability.ts";

/** What an audit of a project found. Two auditors get the same, so reports can be compared. */
export interface ProjectAudit {
  readonly chainId: bigint;
  readonly market: string;
  readonly projectId: bigint;
  /** The block that everything was read at. */
  readonly readAt: ReadBlock;
  /** What happened after that block: it was not looked at. */
  readonly later: LaterEvents;
  /** Block of the project's last event until then: what was audited ends with it. */
  readonly lastBlock: number;
  /** Says which chain that is: another one has another block there. */
  readonly lastBlockHash: string;
  /** Of everything that the chain told of the project; see `history-hash.ts`. */
  readonly historyHash: string;
  readonly owner: string;
  readonly manifestCid: string;
  readonly termsHash: string;
  /** What the project pays in, as the token describes itself. */
  readonly token: TokenUnit & { readonly address: string };
  readonly setup: Pick<ChainSetup, "label" | "isDevelopment" | "checksum">;
  /** True when no check failed. */
  readonly isPassed: boolean;
  /** Checks of the setup, the keys and the models. */
  readonly checks: readonly AuditCheck[];
  readonly rounds: readonly (RoundAudit & {
    readonly transactionHash: string;
    readonly blockNumber: number;
    readonly budgetWei: bigint;
    readonly paidWei: bigint;
    readonly trainers: readonly string[];
    readonly earningsWei: readonly bigint[];
    /** Submissions that were not read, with the aggregator's reason. */
    readonly exclusions: readonly Exclusion[];
  })[];
  /** What the proven verdicts did to each trainer's reliability. */
  readonly reliability: readonly ReliabilityStatement[];
  readonly voidRounds: readonly { readonly roundIndex: number; readonly reason: string }[];
}

/** What an audit is made with. */
export interface ReplayOptions extends Omit<ModelAuditOptions, "onCheck"> {
  /** The block to read at; see {@link chooseReadBlock} for what it is unless told. */
  readonly block?: BlockChoice | undefined;
  /** Compares the setup in the contract with what is published, as far as whoever asks has it. */
  readonly checkSetup: (evidence: ProjectEvidence, setup: ChainSetup) => Promise<AuditCheck[]>;
  /** Called with the checks as they are done; the round is null for those of the whole project. */
  readonly onChecks?:
    | ((roundIndex: number | null, checks: readonly AuditCheck[]) => void)
    | undefined;
}

/**
 * Replays a project's settled rounds from the chain, with nobody's server; model files come from IPFS and are opened against
 * their commitments. Runs in Node and in browsers.
 *
 * @throws CW4600 when the round was not settled, CW4605 to CW4607 when nothing can be read at that block; CW2200, CW2206, CW2207 as the
 *   chain.
 */
export async function replayProject(options: ReplayOptions): Promise<ProjectAudit> {
  const { chain, projectId, roundIndex, contentStore, signal, onProgress, onChecks } = options;
  // What happens while this is read is not part of it: everything is of one block.
  const readAt = await chooseReadBlock(chain, options.block);
  const toBlock = readAt.block;
  const [upTo, at] = [{ toBlock }, { blockTag: toBlock }];
  const posting = await readPostingAt(chain, projectId, readAt);
  await requireState(chain, projectId, readAt);
  const evidence = await collectEvidence(chain, projectId, {
    ...{ ...upTo, roundIndex, signal, onProgress },
  });
  const voided = evidence.voided.filter(
    (each) => roundIndex === undefined || each.roundIndex === roundIndex,
  );
  if (roundIndex !== undefined && evidence.rounds.length === 0 && voided.length === 0) {
    const { rounds } = await readLaterEvents(chain, projectId, readAt);
    const isLater = rounds.includes(roundIndex);
    throw new CommonweightError(
      auditorErrors.roundUnknown,
      isLater
        ? `round ${roundIndex} ended after block ${toBlock}, which was read`
        : `round ${roundIndex}`,
    );
  }
  const checks: AuditCheck[] = [];
  const add = (found: readonly AuditCheck[]) => {
    checks.push(...found);
    onChecks?.(null, found);
  };
  const setup = await readChainSetup(chain, evidence.ruleId, evidence.slots, at);
  onProgress?.("comparing the setup with what is published");
  add([await checkContracts(chain, at), ...(await options.checkSetup(evidence, setup))]);
  onProgress?.("reading the project's whole history");
  const history = await readProjectHistory(chain, projectId, upTo);
  const reliability = replayReliability(history, evidence);
  add(reliability.checks);
  const escrow = await readEscrow(chain, posting, at);
  const { events, payoutAddresses } = history;
  add([
    checkTerms(posting, escrow.project),
    checkRounds({ events, project: escrow.project }),
    checkEscrow(escrow),
    checkPayees({ ...escrow, events, payoutAddresses }),
  ]);
  const { symbol, decimals } = await readTokenUnit(chain, posting.terms.rewardToken, at);
  const rounds = await replayRounds({ evidence, setup, history, options });
  if (contentStore) add(await checkRoundJobs(contentStore, evidence, { signal }));
  const onCheck = (check: AuditCheck) => onChecks?.(null, [check]);
  checks.push(...(await auditModels(evidence, setup, { ...options, onCheck })));
  const { lastBlock } = history;
  const later = await readLaterEvents(chain, projectId, readAt);
  const told = [lastBlock, { number: readAt.block, hash: readAt.hash }];
  const again = told.map(async ({ number, hash }) => ({
    ...{ number, hash },
    hashNow: (await readBlockFacts(chain, number)).hash,
  }));
  add([checkHistory(history, await Promise.all(again))]);
  const all = [...checks, ...rounds.flatMap((round) => round.checks)];
  return {
    chainId: chain.chainId,
    market: chain.addresses.market,
    projectId,
    isPassed: all.every((check) => check.isPassed !== false),
    ...{ readAt, later },
    lastBlock: lastBlock.number,
    lastBlockHash: lastBlock.hash,
    historyHash: history.hash,
    owner: posting.owner,
    manifestCid: posting.manifestCid,
    termsHash: posting.termsHash,
    token: { address: posting.terms.rewardToken, symbol, decimals },
    setup: { label: setup.label, isDevelopment: setup.isDevelopment, checksum: setup.checksum },
    checks,
    rounds,
    reliability: reliability.trainers,
    voidRounds: voided.map((each) => ({ roundIndex: each.roundIndex, reason: each.reason })),
  };
}

/** How the project was posted. @throws CW4606 when that was after the block, CW2206 when it never was */
async function readPostingAt(
  chain: Chain,
  projectId: bigint,
  { block, newestBlock }: ReadBlock,
): Promise<PostedProject> {
  try {
    return await readPosting(chain, projectId, { toBlock: block });
  } catch (cause) {
    if (!isErrorOf(cause, chainErrors.notFound) || block === newestBlock) throw cause;
    const { blockNumber } = await readPosting(chain, projectId, { toBlock: newestBlock });
    throw new CommonweightError(
      auditorErrors.notYetPosted,
      `the project was posted in block ${blockNumber}, after block ${block}, which was to be read`,
    );
  }
}

async function replayRounds(context: {
  readonly evidence: ProjectEvidence;
  readonly setup: ChainSetup;
  readonly history: ProjectHistory;
  readonly options: ReplayOptions;
}): Promise<ProjectAudit["rounds"]> {
  const { evidence, setup, history, options } = context;
  const { revealSeconds } = evidence;
  const verify = await openRuleVerifier();
  const curve = await openVerifierCurve({ tauG2: setup.tauG2 });
  const rounds: ProjectAudit["rounds"][number][] = [];
  try {
    for (const { settlement, submissions, evidence: round } of evidence.rounds) {
      options.signal?.throwIfAborted();
      options.onProgress?.(
        `verifying the proofs of ${rounds.length + 1} of ${evidence.rounds.length} rounds`,
      );
      const audit = await auditRound(round, {
        curve,
        verifyRule: (proof) => verify({ ...proof, verifyingKey: setup.verifyingKey }),
      });
      const { transactionHash, blockNumber, budgetWei, paidWei, trainers, earningsWei } =
        settlement;
      const { roundIndex } = audit;
      const { check, exclusions } = checkExclusions(
        { ...round, roundIndex, submissions, settledIn: transactionHash, revealSeconds },
        history.events,
      );
      const checks = [...audit.checks, check];
      options.onChecks?.(roundIndex, checks);
      rounds.push({
        ...{ ...audit, checks, exclusions },
        ...{ transactionHash, blockNumber, budgetWei, paidWei, trainers, earningsWei },
      });
    }
    return rounds;
  } finally {
    await curve[Symbol.asyncDispose]();
  }
}
