import {
  bondAggregator,
  type Project,
  poke,
  readProject,
} from "../../adapters/chain/projects/project.ts";
import { abandonRound, type Round, readRound } from "../../adapters/chain/rounds/round.ts";
import { RoundLog } from "../../adapters/chain/rounds/round-log.ts";
import type { Receipt } from "../../adapters/chain/transactions/transaction-receipt.ts";
import { isSameAddress } from "../../protocol/address.ts";
import { isContentAway } from "../../protocol/content-store.ts";
import { CommonweightError, isErrorOf } from "../../protocol/errors.ts";
import type { ReferencesBody } from "../../protocol/market/api.ts";
import type { RoundPhase } from "../../protocol/market/phases.ts";
import { deadlineAlert } from "../alerts.ts";
import { aggregatorErrors } from "../errors.ts";
import { failureWords } from "../failure-words.ts";
import type { ProjectGround } from "../proving/prover.ts";
import { BundleOpener } from "../round/bundle-opener.ts";
import { RoundCollector } from "../round/collect-round.ts";
import { ModelKeeper } from "../round/model-keeper.ts";
import { findNextOpening, findNextReferences } from "../round/next-references.ts";
import { openProjectRound } from "../round/open-project-round.ts";
import { proveAndSettle } from "../round/prove-and-settle.ts";
import { ABANDON_REASONS, type AbandonReason, openRoundContent } from "../round/round-content.ts";
import { buildRoundReport } from "../round/round-report.ts";
import type { ProjectEngineParameters } from "./project-engine-parameters.ts";
import type { ProjectLook } from "./project-looks.ts";
import { type Action, planAction } from "./round-plan.ts";
import { beforeTurnEnds, turnEndsAt, type WorkInTurn } from "./turn-end.ts";

/** Phases in which a round is open. In the others nothing depends on the last one. */
const OPEN_PHASES: readonly RoundPhase[] = ["commit", "reveal", "settle"];

const groundOf = ({ terms: { parameterCount, ruleId, slots } }: Project): ProjectGround => ({
  ...{ parameterCount, ruleId },
  slotCount: slots,
});

/** How long a project's last model is looked for after its end, and the pause from one look to the next. */
const LAST_MODEL_MS = 3_600_000;
const LAST_MODEL_PAUSE_MS = 60_000;

/** What a step begins with: of a look at all projects, rounds are not part. */
interface StepLook extends ProjectLook {
  readonly round?: Round | undefined;
}

/** Drives one project from round to round. Every step starts from the chain, so it may be killed at any instant. */
export class ProjectEngine {
  readonly #parameters: ProjectEngineParameters;
  readonly projectId: bigint;
  readonly #rounds: RoundLog;
  readonly #opener: BundleOpener;
  readonly #models: ModelKeeper;
  readonly #collector: RoundCollector;
  #round: Round | undefined;
  #isInCharge = false;
  #reporting: Promise<void> = Promise.resolve();
  #waitingFor = "";
  /** Whether manifest and model were here when the first round was opened; what rounds make is published by those who settle them. */
  #isComplete = false;
  #checking = -1;
  #endSeenMs: number | undefined;
  #lookAgainMs = Number.NEGATIVE_INFINITY;
  /** The round for which a proving process was started while its updates were collected. */
  #preparedFor = -1;

  constructor(parameters: ProjectEngineParameters, projectId: bigint) {
    this.#parameters = parameters;
    this.projectId = projectId;
    const rounds = new RoundLog(parameters.chain, projectId);
    this.#rounds = rounds;
    this.#opener = new BundleOpener({ ...parameters, rounds });
    this.#models = new ModelKeeper({ ...parameters, projectId, rounds, opener: this.#opener });
    this.#collector = new RoundCollector({ ...parameters, projectId, rounds, emit: this.#emit });
  }

  /**
   * Does the next step, if there is one.
   *
   * @param look What a look at all projects found; the project is looked at alone when absent.
   * @returns False once the project has ended.
   */
  async step(look?: StepLook): Promise<boolean> {
    this.#readAhead();
    const { project, time, round: latest } = look ?? (await this.#look());
    const round = await this.#openRound(project, latest);
    this.#round = round;
    this.#isInCharge = project.aggregatorIndex === this.#ownIndex(project);
    this.watch({ project, time });
    const { store } = this.#parameters;
    const references = findNextReferences(store, project, project.modelCommitment);
    const ownIndex = this.#ownIndex(project);
    const hasReferences = references !== undefined;
    const action = planAction({ project, round, ownIndex, hasReferences, now: time });
    if (action.kind === "done") {
      await this.#reporting;
      return !(await this.#isLastModelKept(project));
    }
    if (action.kind === "bond" || action.kind === "open") {
      await this.#parameters.requireKey(project);
    }
    if (action.kind === "open" && !(await this.#hasFiles(project))) {
      this.#wait("the project's manifest and model");
      return true;
    }
    if (action.kind === "collect") this.#prepareEarly(project, action.round);
    const keeping = this.#models.keep(project);
    // Said at the end: the step does not wait for it.
    keeping.catch(() => undefined);
    if (action.kind === "bond") await this.#bond(project);
    if (action.kind === "open" && references) await this.#open(project, references);
    if (action.kind === "collect") await this.#collector.collect(project, action.round, time);
    if (action.kind === "settle") await this.#settle(project, action);
    if (action.kind === "poke") await this.#poke(project);
    if (action.kind === "wait") this.#wait(action.for);
    await keeping;
    return true;
  }

  /**
   * Whether the model that all of it was for is here, or was looked for long enough: nobody looks at the project after this. Whoever made
   * it may be away just now.
   */
  async #isLastModelKept(project: Project): Promise<boolean> {
    const now = performance.now();
    this.#endSeenMs ??= now;
    if (now < this.#lookAgainMs) return false;
    if (await (await this.#models.keep(project)).done) return true;
    this.#lookAgainMs = performance.now() + LAST_MODEL_PAUSE_MS;
    return now - this.#endSeenMs >= LAST_MODEL_MS;
  }

  /** The log of the round as it was last seen, together with what it is now: one after the other is time that everybody waits. */
  #readAhead(): void {
    const { isOpen, roundIndex } = this.#round ?? {};
    if (!isOpen || roundIndex === undefined || !this.#isInCharge) return;
    const hasKeys = this.#parameters.store.listKeys(this.projectId, roundIndex).length > 0;
    this.#rounds.readAhead(
      roundIndex,
      hasKeys ? ["opening", "submissions", "revealedKeys"] : ["submissions"],
    );
  }

  /** Looks whether a window is about to end: a step that waits for its proof does not look itself. */
  watch({ project, time }: ProjectLook): void {
    const late = deadlineAlert(project, this.#round, this.#ownIndex(project), { time });
    this.#parameters.alerts.set("deadline", `project ${this.projectId}`, late);
  }

  /** Side by side: what a step has to ask one after the other is time that a round loses. */
  async #look(): Promise<StepLook> {
    const { chain, head } = this.#parameters;
    const [project, { time }, round] = await Promise.all([
      readProject(chain, this.projectId),
      head.read(chain),
      readRound(chain, this.projectId),
    ]);
    return { project, time, round };
  }

  /** The round that the project is in; read again when a block came between the two. */
  async #openRound({ phase }: Project, latest: Round | undefined): Promise<Round | undefined> {
    if (!OPEN_PHASES.includes(phase)) return undefined;
    return latest?.phase === phase ? latest : readRound(this.#parameters.chain, this.projectId);
  }

  #ownIndex({ terms }: Project): number {
    const account = this.#parameters.chain.account ?? "";
    const ownIndex = terms.aggregators.findIndex((each) => isSameAddress(each, account));
    if (ownIndex < 0) throw new CommonweightError(aggregatorErrors.notAnAggregator);
    return ownIndex;
  }

  readonly #emit = (type: string, details: Record<string, unknown> = {}): void => {
    const at = Math.floor(Date.now() / 1000);
    this.#parameters.onEvent({ type, at, projectId: this.projectId, ...details });
  };

  /** Whether a round can be settled with what is here: an owner who hides the project's files would have the bond for it. */
  async #hasFiles(project: Project): Promise<boolean> {
    if (this.#isComplete) return true;
    try {
      await Promise.all([
        this.#models.keep(project),
        this.#models.current(project),
        this.#parameters.layoutOf(project),
      ]);
      this.#isComplete = true;
    } catch (error) {
      if (!isContentAway(error) && !isErrorOf(error, aggregatorErrors.modelNotFound)) throw error;
    }
    return this.#isComplete;
  }

  /** Once a round, while others train: a proving process that is not used for long ends, and is started again when keys come in. */
  #prepareEarly(project: Project, { roundIndex }: Round): void {
    if (!this.#isInCharge || this.#preparedFor === roundIndex) return;
    this.#preparedFor = roundIndex;
    this.#parameters.prover.prepare(groundOf(project), "later");
  }

  #wait(reason: string): void {
    if (this.#waitingFor !== reason) this.#emit("waiting", { for: reason });
    this.#waitingFor = reason;
  }

  async #bond(project: Project): Promise<void> {
    const { chain, deposits } = this.#parameters;
    const { rewardToken: token, aggregatorBondWei: amountWei } = project.terms;
    // Asked again before money moves: the node that says there is no bond may be one that is behind.
    const { project: now } = await this.#look();
    if ((now.bondsWei[this.#ownIndex(now)] ?? 0n) >= amountWei) return;
    await deposits.deposit({
      ...{ token, amountWei },
      send: (first) => bondAggregator(chain, this.projectId, first),
    });
    this.#emit("bonded", { bondWei: amountWei });
  }

  async #poke({ phase }: Project): Promise<void> {
    await poke(this.#parameters.chain, this.projectId).catch(() => undefined);
    this.#emit("poked", { phase });
  }

  async #open(project: Project, references: ReferencesBody): Promise<void> {
    const roundIndex = project.nextRoundIndex;
    const place = { projectId: this.projectId, roundIndex };
    const { gasUsed } = await openProjectRound(this.#parameters, place, references);
    await this.#opened(roundIndex, { gasUsed });
  }

  async #opened(roundIndex: number, details: { readonly gasUsed?: bigint }): Promise<void> {
    this.#opener.clear();
    this.#collector.clear();
    await this.#reporting;
    this.#emit("round-opened", { roundIndex, ...details });
  }

  /**
   * Settles, or gives the round up when its turn is about to end: an owner who leaves too little time for a proof, by its terms or by keys that
   * come late, would have the bond for it.
   */
  async #settle(project: Project, action: Extract<Action, { kind: "settle" }>): Promise<void> {
    const { roundIndex } = action.round;
    const turn = {
      endsAt: turnEndsAt(project, action.round, this.#ownIndex(project)),
      seconds: project.terms.settleSeconds,
    };
    const isInTime = await beforeTurnEnds(this.#parameters, turn, (work) =>
      this.#proveInTime(project, action, work),
    );
    if (!isInTime) await this.#abandon(roundIndex, ABANDON_REASONS.noTimeLeft);
  }

  async #proveInTime(
    project: Project,
    { round, isRevealOver, isLastChance }: Extract<Action, { kind: "settle" }>,
    turn: WorkInTurn,
  ): Promise<void> {
    const { roundIndex } = round;
    const { chain, prover } = this.#parameters;
    if (this.#checking !== roundIndex) {
      this.#emit("checking", { roundIndex });
      prover.prepare(groundOf(project), "soon");
    }
    this.#checking = roundIndex;
    let reason: AbandonReason | undefined;
    const content = await openRoundContent(
      {
        ...{ chain, rounds: this.#rounds, opener: this.#opener, models: this.#models },
        onMissing: (what, why) => {
          this.#wait(what);
          reason = why;
        },
      },
      { project, round, isRevealOver },
    );
    if (content === undefined) {
      turn.onSettling();
      if (isLastChance && reason !== undefined) await this.#abandon(roundIndex, reason);
      return;
    }
    turn.signal.throwIfAborted();
    const settled = await proveAndSettle(
      {
        ...this.#parameters,
        ...turn,
        ...{ projectId: this.projectId, models: this.#models, emit: this.#emit },
        confirmed: this.#opener.confirmed(),
        isWanted: () => this.#isOpenStill(roundIndex),
        // Whoever is in charge opens, and only when trainers find here what they need.
        findNextOpening: (model) =>
          this.#isInCharge && this.#isComplete
            ? findNextOpening(this.#parameters.store, project, model)
            : undefined,
      },
      { project, round, content },
    );
    if (settled === undefined) return;
    this.#reporting = this.#report(roundIndex, settled.receipt);
    // What it took is in the settlement's.
    if (settled.isNextOpen) void this.#opened(project.nextRoundIndex, {});
  }

  /** Gives a round up that others have made impossible to settle: a missed turn would cost the bond. */
  async #abandon(roundIndex: number, reason: AbandonReason): Promise<void> {
    const { gasUsed } = await abandonRound(
      this.#parameters.chain,
      this.projectId,
      roundIndex,
      reason,
    );
    this.#emit("round-abandoned", { roundIndex, reason, gasUsed });
  }

  /** Says what became of a round. The next one does not wait for it. */
  async #report(roundIndex: number, { gasUsed }: Receipt): Promise<void> {
    try {
      const report = await buildRoundReport(this.#parameters, this.projectId, roundIndex);
      this.#emit("round-settled", { ...report, gasUsed });
    } catch (error) {
      this.#emit("failed", failureWords(error));
    }
  }

  /** Resolves when everything about settled rounds has been said. */
  async reported(): Promise<void> {
    await this.#reporting;
  }

  /** Whether the round still waits for its settlement. */
  async #isOpenStill(roundIndex: number): Promise<boolean> {
    const now = await readRound(this.#parameters.chain, this.projectId);
    return now.roundIndex === roundIndex && (now.phase === "reveal" || now.phase === "settle");
  }
}
