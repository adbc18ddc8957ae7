import { type Chain, chainTime } from "../adapters/chain/connect.ts";
import type { Project } from "../adapters/chain/projects/project.ts";
import type { Round } from "../adapters/chain/rounds/round.ts";
import { readRevealedKeys } from "../adapters/chain/rounds/round-events.ts";
import { isSameAddress } from "../protocol/address.ts";
import type { ProjectWorkerParameters } from "./project-worker-parameters.ts";
import { releaseOnChain, releaseToAggregators } from "./release-key.ts";
import type { Work } from "./work-store.ts";

/** Seconds before the end of the reveal phase from which a key that nobody confirmed goes on chain. */
const ON_CHAIN_BEFORE_SECONDS = 10;

/** Releases the key of a submitted update to every aggregator that has not confirmed it, and at last, without a receipt, to the chain. */
export async function handOverKey(
  parameters: ProjectWorkerParameters,
  project: Project,
  round: Round,
  work: Work,
): Promise<void> {
  const { chain, workStore, onEvent, signal } = parameters;
  const { terms, projectId } = project;
  if (work.stage === "settled" || work.stage === "lost") return;
  const stillReleasedTo = await withoutTakenBack(chain, round, work);
  if (stillReleasedTo.includes("chain")) return;
  const missing = terms.aggregators.filter((each) => !stillReleasedTo.includes(each));
  if (missing.length === 0) return;
  const release = { projectId, roundIndex: round.roundIndex, contentKey: work.contentKey };
  const confirmed = await releaseToAggregators(chain, missing, release, { signal });
  let releasedTo = [...stillReleasedTo, ...confirmed];
  // Without the charge holder's receipt the key goes on chain while the reveal phase still lasts.
  const inCharge = terms.aggregators[project.aggregatorIndex] ?? "";
  if (!releasedTo.includes(inCharge)) {
    const now = await chainTime(chain);
    const from = round.revealClosesAt - Math.max(ON_CHAIN_BEFORE_SECONDS, terms.revealSeconds / 2);
    if (now >= from && now < round.revealClosesAt) {
      await releaseOnChain(chain, release);
      releasedTo = [...releasedTo, "chain"];
    }
  }
  if (releasedTo.length === stillReleasedTo.length) return;
  workStore.save({ ...work, stage: "released", releasedTo });
  onEvent({ type: "key-released", projectId, roundIndex: round.roundIndex, to: releasedTo });
}

/** Where the key still is: a reorganisation may take back what went on chain, and while the reveal phase lasts it can go there again. */
async function withoutTakenBack(
  chain: Chain,
  { phase }: Round,
  { projectId, roundIndex, releasedTo }: Work,
): Promise<readonly string[]> {
  if (phase !== "reveal" || !releasedTo.includes("chain")) return releasedTo;
  const revealed = await readRevealedKeys(chain, projectId, roundIndex);
  const isThere = revealed.some(({ account }) => isSameAddress(chain.account, account));
  return isThere ? releasedTo : releasedTo.filter((each) => each !== "chain");
}
