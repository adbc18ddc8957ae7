import type { Chain } from "../adapters/chain/connect.ts";
import { openCurve } from "../adapters/curve/open-curve.ts";
import { openVerifierCurve } from "../adapters/curve/open-verifier-curve.ts";
import { openRuleVerifier } from "../adapters/snark/verify-rule.ts";
import { type AuditCheck, auditRound, type RoundAudit } from "../protocol/audit-round.ts";
import type { ContentStore } from "../protocol/content-store.ts";
import { contentStoreErrors } from "../protocol/content-store.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { loadModel, maxModelFileBytes } from "../protocol/load-model.ts";
import type { ModelKeyring } from "../protocol/private-model.ts";
import { sealedFileErrors } from "../protocol/sealed-file.ts";
import { type ChainSetup, readChainSetup } from "./chain-setup.ts";
import { checkExclusions, type Exclusion } from "./check-exclusions.ts";
import { checkRoundJobs } from "./check-round-jobs.ts";
import { checkSealedModel } from "./check-sealed-model.ts";
import { checkSetup } from "./check-setup.ts";
import { collectEvidence, type ProjectEvidence } from "./collect-evidence.ts";
import { auditorErrors } from "./errors.ts";
import { readProjectHistory } from "./project-history.ts";
import { type ReliabilityStatement, replayReliability } from "./replay-reliability.ts";

/** Failures that say nothing about the content itself: nobody had it, in time. */
const AWAY_CODES: readonly string[] = [
  contentStoreErrors.notFound.code,
  contentStoreErrors.timedOut.code,
  contentStoreErrors.unreachable.code,
];

/** What an audit of a project found. Two auditors get the same, so reports can be compared. */
export interface ProjectAudit {
  readonly chainId: bigint;
  readonly market: string;
  readonly projectId: bigint;
  /** Block of the project's last event: what was audited ends with it. */
  readonly lastBlock: number;
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

/**
 * Replays a project's settled rounds from the chain, with nobody's server; model files come from IPFS and are opened against
 * their commitments.
 *
 * @param options.contentStore Leave out to audit the chain alone: models are then reported as not checked.
 * @throws CW4600 when the round was not settled; CW2200, CW2206, CW2207 as the chain.
 */
export async function auditProject(options: {
  chain: Chain;
  projectId: bigint;
  roundIndex?: number | undefined;
  contentStore?: Pick<ContentStore, "get"> | undefined;
  /** Opens a private project's models; without it only their seals are checked. */
  keyring?: ModelKeyring | undefined;
  /** The ceremony's powers of tau, to compare with the contract and to open models of a setup that is no development one. */
  srsPath?: string | undefined;
  cacheDir?: string | undefined;
  signal?: AbortSignal;
  onProgress?: (text: string) => void;
}): Promise<ProjectAudit> {
  const { chain, projectId, roundIndex, signal, onProgress } = options;
  const evidence = await collectEvidence(chain, projectId, options);
  if (roundIndex !== undefined && evidence.rounds.length === 0) {
    const voided = evidence.voided.find((each) => each.roundIndex === roundIndex);
    if (voided === undefined) {
      throw new CommonweightError(auditorErrors.roundUnknown, `round ${roundIndex}`);
    }
  }
  const setup = await readChainSetup(chain, evidence.ruleId, evidence.slots);
  onProgress?.("comparing the setup with what is published");
  const checks = await checkSetup({ ...evidence, srsPath: options.srsPath }, setup);
  onProgress?.("reading the project's whole history");
  const history = await readProjectHistory(chain, projectId);
  const reliability = replayReliability(history, evidence);
  checks.push(...reliability.checks);
  const verify = await openRuleVerifier();
  const curve = await openVerifierCurve({ tauG2: setup.tauG2 });
  const rounds: ProjectAudit["rounds"][number][] = [];
  try {
    for (const { settlement, submissions, evidence: round } of evidence.rounds) {
      signal?.throwIfAborted();
      onProgress?.(`verifying the proofs of round ${settlement.roundIndex}`);
      const audit = await auditRound(round, {
        curve,
        verifyRule: (proof) => verify({ ...proof, verifyingKey: setup.verifyingKey }),
      });
      const { transactionHash, blockNumber, budgetWei, paidWei, trainers, earningsWei } =
        settlement;
      const { revealSeconds } = evidence;
      const { check, exclusions } = checkExclusions(
        {
          ...round,
          roundIndex: audit.roundIndex,
          submissions,
          settledIn: transactionHash,
          revealSeconds,
        },
        history.events,
      );
      rounds.push({
        ...audit,
        checks: [...audit.checks, check],
        ...{ transactionHash, blockNumber, budgetWei, paidWei, trainers, earningsWei, exclusions },
      });
    }
  } finally {
    await curve[Symbol.asyncDispose]();
  }
  if (options.contentStore) {
    checks.push(...(await checkRoundJobs(options.contentStore, evidence, { signal })));
  }
  checks.push(...(await checkModels(evidence, setup, options)));
  const all = [...checks, ...rounds.flatMap((round) => round.checks)];
  return {
    chainId: chain.chainId,
    market: chain.addresses.market,
    projectId,
    isPassed: all.every((check) => check.isPassed !== false),
    lastBlock: history.events.at(-1)?.blockNumber ?? 0,
    setup: { label: setup.label, isDevelopment: setup.isDevelopment, checksum: setup.checksum },
    checks,
    rounds,
    reliability: reliability.trainers,
    voidRounds: evidence.voided
      .filter((each) => roundIndex === undefined || each.roundIndex === roundIndex)
      .map((each) => ({ roundIndex: each.roundIndex, reason: each.reason })),
  };
}

async function checkModels(
  evidence: ProjectEvidence,
  setup: ChainSetup,
  options: Parameters<typeof auditProject>[0],
): Promise<AuditCheck[]> {
  const { chain, projectId, contentStore, roundIndex, signal, onProgress, cacheDir } = options;
  const wanted = evidence.models.filter(
    (model) => roundIndex === undefined || (model.version > 0 && model.roundIndex === roundIndex),
  );
  const skipped = (detail: string) =>
    wanted.map(({ version }) => ({ name: `model file ${version}`, isPassed: null, detail }));
  if (contentStore === undefined) return skipped("not fetched");
  const seals =
    evidence.modelVisibility === "private" ? await checkSeals(evidence, wanted, options) : [];
  if (evidence.modelVisibility === "private" && options.keyring === undefined) {
    return [...seals, ...skipped("private: opening it needs the key of one of its readers")];
  }
  if (!setup.isDevelopment && options.srsPath === undefined)
    return [...seals, ...skipped("needs the ceremony's powers of tau: give them with --srs")];
  onProgress?.("preparing to open the models");
  const curve = await openCurve({
    parameterCount: evidence.parameterCount,
    srsPath: options.srsPath,
    ...(cacheDir === undefined ? {} : { cacheDir }),
  });
  const checks: AuditCheck[] = [...seals];
  try {
    for (const model of wanted) {
      const name = `model file ${model.version}`;
      onProgress?.(`opening model ${model.version}`);
      try {
        const { fractionBits, parameterCount } = evidence;
        const { market } = chain.addresses;
        await loadModel(
          curve,
          contentStore,
          { ...model, fractionBits, parameterCount, chainId: chain.chainId, market, projectId },
          { signal, keyring: options.keyring },
        );
        checks.push({ name, isPassed: true, detail: `${model.cid} opens its commitment` });
      } catch (error) {
        if (!(error instanceof CommonweightError)) throw error;
        checks.push(unread(name, error));
      }
    }
  } finally {
    await curve[Symbol.asyncDispose]();
  }
  return checks;
}

async function checkSeals(
  { parameterCount }: ProjectEvidence,
  models: ProjectEvidence["models"],
  { chain, contentStore, signal, onProgress }: Parameters<typeof auditProject>[0],
): Promise<AuditCheck[]> {
  const checks: AuditCheck[] = [];
  for (const model of models) {
    onProgress?.(`fetching model ${model.version}`);
    try {
      const bytes = await contentStore?.get(model.cid, {
        maxBytes: maxModelFileBytes(parameterCount),
        signal,
      });
      const { chainId, addresses } = chain;
      if (bytes) {
        checks.push(checkSealedModel(bytes, { ...model, chainId, market: addresses.market }));
      }
    } catch (error) {
      if (!(error instanceof CommonweightError)) throw error;
      checks.push(unread(`model seal ${model.version}`, error));
    }
  }
  return checks;
}

/** Content that nobody serves, and a file for other readers, are not content that is wrong; content of another hash is. */
function unread(name: string, error: CommonweightError): AuditCheck {
  const isUnseen =
    AWAY_CODES.includes(error.code) || error.code === sealedFileErrors.notAddressed.code;
  // What two auditors are told by their own gateways differs; that nobody had it in time does not.
  const isAway = AWAY_CODES.includes(error.code);
  const detail = isAway
    ? `${error.code}: nobody served it in time`
    : `${error.code}: ${error.message}`;
  return { name, isPassed: isUnseen ? null : false, detail };
}
