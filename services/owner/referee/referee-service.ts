import { postReferences } from "../../adapters/aggregator-client.ts";
import { chainTime } from "../../adapters/chain/connect.ts";
import { endpointOf, forgetEndpoint } from "../../adapters/chain/projects/known-endpoints.ts";
import { type Project, readProject } from "../../adapters/chain/projects/project.ts";
import { readRound } from "../../adapters/chain/rounds/round.ts";
import { openBlockNews } from "../../adapters/chain/rpc/block-news.ts";
import { startCollecting } from "../../housekeeping/start-collecting.ts";
import { assessReferenceLabels } from "../../learning/data/assess-reference-sets.ts";
import { errorText } from "../../protocol/errors.ts";
import { createReferenceMaker } from "./make-references.ts";
import { openReferee } from "./open-referee.ts";
import { refereeContent } from "./referee-content.ts";
import { openRefereeModels } from "./referee-models.ts";
import type { RefereeEvent, RefereeSettings } from "./referee-settings.ts";
import type { StoredReference } from "./reference-store.ts";
import { createReferenceRelease } from "./release-references.ts";

/** What a referee did until it stopped: everything since this start. */
export interface RefereeReport {
  readonly projectId: bigint;
  /** Rounds whose commitments an aggregator has taken. */
  readonly references: number[];
  /** Keys handed out: to an aggregator, or to the chain. */
  readonly releases: { readonly roundIndex: number; readonly to: string }[];
  readonly evaluations: {
    readonly version: number;
    readonly accuracy: number;
    readonly loss: number;
  }[];
}

/** A project whose first round does not begin in this time leaves its referee time. */
const CALM_AFTER_MS = 15_000;

/**
 * Serves a project's reference update and pay gradient: before each round it trains them on the owner's own
 * samples, commits and seals them; after the commit phase it releases their keys. The samples never leave.
 */
export async function runReferee(
  settings: RefereeSettings,
  onEvent: (event: RefereeEvent) => void,
): Promise<RefereeReport> {
  const { signal, projectId } = settings;
  const opened = await openReferee(settings, onEvent);
  const { chain, account, terms, manifest, ipfs, store } = opened;
  const { bounds } = manifest.training;
  const served: RefereeReport = { projectId, references: [], releases: [], evaluations: [] };
  const foreseeing = new AbortController();
  const models = openRefereeModels(opened, {
    ...{ projectId, signal },
    onEvaluated: ({ version, accuracy, loss }) => {
      served.evaluations.push({ version, accuracy, loss });
      onEvent({ type: "evaluated", projectId, version, accuracy, loss });
    },
  });
  const prepare = createReferenceMaker(opened, settings, {
    ...{ models, onEvent, signal: foreseeing.signal },
    // So that it can open the next round in the transaction that settles this one.
    onForeseen: (endpoint, roundIndex, stored) => hand(endpoint, roundIndex, stored),
  });
  const release = createReferenceRelease(opened, {
    ...{ projectId, signal },
    onReleased: (roundIndex, to) => {
      served.releases.push({ roundIndex, to });
      onEvent({ type: "reference-released", projectId, roundIndex, aggregator: to });
    },
  });

  /** Whether the first round still waits for trainers. The aggregators' windows to open it come after the time to join. */
  async function isJoining(project: Project): Promise<boolean> {
    const { firstRoundTrainers = 0 } = settings;
    if (project.nextRoundIndex > 0 || project.trainerCount >= firstRoundTrainers) return false;
    const joinEndsAt = project.phaseEndsAt - terms.aggregators.length * terms.openSeconds;
    return (await chainTime(chain)) < joinEndsAt;
  }

  /** Hands a round's commitments to an aggregator. @throws CW2770, CW2771 */
  async function hand(endpoint: string, roundIndex: number, { body }: StoredReference) {
    // After a restart the signed commitments are those on disk, but this node listens elsewhere.
    const reachable = { ...body, multiaddrs: ipfs.addresses() };
    await postReferences(endpoint, { projectId, roundIndex }, reachable, { signal });
    if (!served.references.includes(roundIndex)) served.references.push(roundIndex);
  }

  /** Hands the commitments to every aggregator; the one in charge opens the round with them. */
  async function offer(project: Project): Promise<void> {
    const stored = await prepare(project);
    if (await isJoining(project)) return;
    const tell = async (aggregator: string) => {
      const endpoint = await endpointOf(chain, aggregator);
      await hand(endpoint, project.nextRoundIndex, stored).catch(() =>
        forgetEndpoint(chain, aggregator),
      );
    };
    // Side by side: the one in charge need not wait until a standby has answered.
    await Promise.all(terms.aggregators.map(tell));
  }

  const failures = new Map<string, string>();
  /** Says a failure once, until the same work goes well. */
  function failed(work: string, error: unknown): void {
    const message = errorText(error);
    if (message !== failures.get(work)) onEvent({ type: "failed", projectId, message });
    failures.set(work, message);
  }

  let measuring: Promise<void> | undefined;
  /** In the background: a model that nobody serves takes minutes, in which trainers wait for keys. */
  function measure(project: Project): void {
    measuring ??= measureNow(project).finally(() => {
      measuring = undefined;
    });
  }
  async function measureNow(project: Project): Promise<void> {
    try {
      await models.evaluate(project);
      failures.delete("measure");
    } catch (error) {
      if (!signal.aborted) failed("measure", error);
    }
  }

  /** Does what there is to do now. @returns The phase that the project was in. */
  async function look(): Promise<Project["phase"]> {
    const [project, round] = await Promise.all([
      readProject(chain, projectId),
      readRound(chain, projectId),
    ]);
    if (round.isOpen && round.phase !== "commit") await release(project, round);
    // The round does not wait for a measurement that plans nothing in it.
    if (project.phase === "idle" && bounds === undefined) await offer(project);
    await models.keep(project);
    const isPlanning = project.phase === "idle" && bounds !== undefined;
    if (project.phase !== "ended" && !isPlanning) {
      measure(project);
      return project.phase;
    }
    await measuring;
    if (project.phase === "ended") await models.evaluate(project);
    if (isPlanning) {
      await measureNow(project);
      await offer(project);
    }
    return project.phase;
  }

  /** Warns of wrong labels: once, and at a moment in which nobody waits for the referee. */
  let areLabelsAssessed = false;
  async function assessLabels(isCalm: boolean): Promise<void> {
    if (areLabelsAssessed || !isCalm) return;
    areLabelsAssessed = true;
    const { findings } = await assessReferenceLabels(opened.sets);
    for (const finding of findings) onEvent({ type: "reference", ...finding });
  }

  const { keeping } = settings;
  const stopping = new AbortController();
  const collecting =
    keeping &&
    startCollecting({
      ...{ chain, contentStore: ipfs, keeping },
      ...refereeContent({ chain, contentStore: ipfs, store, projectId }),
      say: (type, details) => onEvent({ type, ...details }),
      onFailed: (error) => onEvent({ type: "collection-failed", message: errorText(error) }),
      signal: AbortSignal.any([signal, stopping.signal]),
    });
  const news = openBlockNews(chain);
  const startedAtMs = performance.now();
  try {
    onEvent({ type: "ready", account, projectId });
    while (!signal.aborted) {
      try {
        const phase = await look();
        if (phase === "ended") break;
        // While trainers train, or when none comes for a while.
        await assessLabels(phase === "commit" || performance.now() - startedAtMs >= CALM_AFTER_MS);
        failures.delete("look");
      } catch (error) {
        if (signal.aborted) break;
        failed("look", error);
      }
      await news.until({ longestMs: settings.pollMs ?? 1000, signal });
    }
    return served;
  } finally {
    news.close();
    foreseeing.abort();
    stopping.abort();
    await Promise.all([collecting, measuring]);
    await opened.close();
  }
}
