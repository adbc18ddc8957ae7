import type { Chain } from "../../services/adapters/chain/connect.ts";
import { openCurve } from "../../services/adapters/curve/open-curve.ts";
import { openVerifierCurve } from "../../services/adapters/curve/open-verifier-curve.ts";
import { openRuleVerifier } from "../../services/adapters/snark/verify-rule.ts";
import { type ChainSetup, isSameKey, readChainSetup } from "../../services/auditor/chain-setup.ts";
import { checkRoundJobs } from "../../services/auditor/check-round-jobs.ts";
import { collectEvidence, type ProjectEvidence } from "../../services/auditor/collect-evidence.ts";
import { type AuditCheck, auditRound } from "../../services/protocol/audit-round.ts";
import type { ContentStore } from "../../services/protocol/content-store.ts";
import type { AuditMessage } from "./audit-messages.ts";
import { checkModel, checkSeal } from "./check-model.ts";
import { publishedKey } from "./published-keys.ts";

/** What an audit in the page reads from, and where it tells what it finds. */
export interface AuditSources {
  readonly chain: Chain;
  readonly projectId: bigint;
  readonly content: Pick<ContentStore, "get">;
  readonly tell: (message: AuditMessage) => void;
}

function teller(tell: AuditSources["tell"]) {
  let startedAt = performance.now();
  return (roundIndex: number | null, checks: readonly AuditCheck[]) => {
    const milliseconds = Math.round(performance.now() - startedAt);
    tell({
      type: "checked",
      checks: checks.map((check) => ({ ...check, roundIndex, milliseconds })),
    });
    startedAt = performance.now();
  };
}

/**
 * Verifies a whole project on this machine and tells each check as it is done: the keys, every settled round, every model.
 * Trusts the RPC node for what the chain's data is, and nobody for what it means.
 *
 * @throws CommonweightError as the chain adapter, when the chain cannot be read.
 */
export async function runAudit({ chain, projectId, content, tell }: AuditSources): Promise<void> {
  const doing = (text: string) => tell({ type: "doing", text });
  const checked = teller(tell);
  doing("reading events and settlements from the chain");
  const evidence = await collectEvidence(chain, projectId, { onProgress: doing });
  const setup = await readChainSetup(chain, evidence.ruleId, evidence.slots);
  checked(null, [await checkKey(evidence, setup)]);

  const verify = await openRuleVerifier();
  const curve = await openVerifierCurve({ tauG2: setup.tauG2 });
  try {
    for (const { settlement, evidence: round } of evidence.rounds) {
      doing(`verifying the proofs of round ${settlement.roundIndex + 1}`);
      const audit = await auditRound(round, {
        curve,
        verifyRule: (proof) => verify({ ...proof, verifyingKey: setup.verifyingKey }),
      });
      checked(settlement.roundIndex, audit.checks);
    }
  } finally {
    await curve[Symbol.asyncDispose]();
  }
  for (const check of await checkRoundJobs(content, evidence)) checked(null, [check]);
  await checkModels({ chain, projectId, content, tell }, evidence, setup, (check) =>
    checked(null, [check]),
  );
  tell({
    type: "done",
    summary: {
      chainId: chain.chainId,
      market: chain.addresses.market,
      projectId,
      isDevelopment: setup.isDevelopment,
      setupLabel: setup.label,
      settledRounds: evidence.rounds.length,
      voidRounds: evidence.voided.map(({ roundIndex, reason }) => ({ roundIndex, reason })),
    },
  });
}

async function checkKey(evidence: ProjectEvidence, setup: ChainSetup): Promise<AuditCheck> {
  const name = "verifying key";
  const published = await publishedKey(evidence.ruleId, evidence.slots);
  if (published === null) {
    return { name, isPassed: null, detail: "this page has no key of this rule to compare with" };
  }
  const isPassed = isSameKey(published, setup.verifyingKey);
  const detail = isPassed
    ? `the contract's key is the one this page was built with (${setup.label})`
    : "the contract's key is not the one this page was built with";
  return { name, isPassed, detail };
}

async function checkModels(
  { chain, projectId, content, tell }: AuditSources,
  evidence: ProjectEvidence,
  setup: ChainSetup,
  checked: (check: AuditCheck) => void,
): Promise<void> {
  const { fractionBits, parameterCount, models } = evidence;
  if (evidence.modelVisibility === "private") {
    for (const model of models) checked(await checkSeal(content, chain, model, parameterCount));
  }
  const reason =
    evidence.modelVisibility === "private"
      ? "the models are private: opening them needs the key of one of their readers"
      : setup.isDevelopment
        ? null
        : "needs the ceremony's powers of tau, which this page does not load; the command line does";
  if (reason !== null || models.length === 0) {
    checked({ name: "model files", isPassed: null, detail: reason ?? "no model was published" });
    return;
  }
  tell({ type: "doing", text: `preparing commitments of ${parameterCount} parameters` });
  const curve = await openCurve({ parameterCount });
  try {
    for (const model of models) {
      tell({ type: "doing", text: `downloading and opening model ${model.version}` });
      const wanted = {
        ...model,
        fractionBits,
        parameterCount,
        chainId: chain.chainId,
        market: chain.addresses.market,
        projectId,
      };
      checked(await checkModel(curve, content, wanted));
    }
  } finally {
    await curve[Symbol.asyncDispose]();
  }
}
