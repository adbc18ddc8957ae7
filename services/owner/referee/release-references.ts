import { postKey } from "../../adapters/aggregator-client.ts";
import { chainTime } from "../../adapters/chain/connect.ts";
import { endpointOf, forgetEndpoint } from "../../adapters/chain/projects/known-endpoints.ts";
import type { Project } from "../../adapters/chain/projects/project.ts";
import { type Round, revealKey } from "../../adapters/chain/rounds/round.ts";
import { readOpenings } from "../../adapters/chain/rounds/round-events.ts";
import { signMessage } from "../../adapters/chain/sign.ts";
import { toHex } from "../../protocol/hex.ts";
import type { ReleaseKind } from "../../protocol/market/api.ts";
import { keyReleaseMessage } from "../../protocol/market/signed-messages.ts";
import type { OpenedReferee } from "./open-referee.ts";
import type { RefereeSettings } from "./referee-settings.ts";
import type { StoredReference } from "./reference-store.ts";

/**
 * Hands out the keys of a round's references: to every aggregator, and on the chain when the one in charge has not taken them by the
 * middle of the reveal phase.
 *
 * @param options.onReleased Told to whom: an aggregator's account, or `chain`.
 * @returns The function that does what is left of it for a round whose commit phase is over.
 */
export function createReferenceRelease(
  { chain, account, terms, store }: OpenedReferee,
  options: Pick<RefereeSettings, "projectId" | "signal"> & {
    readonly onReleased: (roundIndex: number, to: string) => void;
  },
): (project: Project, round: Round) => Promise<void> {
  const { projectId, signal, onReleased } = options;
  const released = new Set<string>();

  async function send(
    place: { readonly roundIndex: number; readonly aggregator: string },
    kind: ReleaseKind,
    key: Uint8Array,
  ): Promise<void> {
    const { roundIndex, aggregator } = place;
    const { chainId, addresses } = chain;
    const context = { chainId, market: addresses.market, projectId, roundIndex };
    const endpoint = await endpointOf(chain, aggregator);
    const contentKey = toHex(key);
    const message = keyReleaseMessage(context, { aggregator, kind, contentKey });
    const signature = await signMessage(chain, message);
    await postKey(endpoint, context, { sender: account, kind, contentKey, signature }, { signal });
  }

  /** What the round was opened with: of what was made for announced models, the chain has taken one. */
  async function findOpened(roundIndex: number): Promise<StoredReference | undefined> {
    const made = store.list(projectId, roundIndex);
    if (made.length < 2) return made[0];
    const [opening] = await readOpenings(chain, projectId, roundIndex);
    return made.find(({ body }) => BigInt(body.reference.x) === opening?.reference.x);
  }

  return async (project, round) => {
    const { roundIndex } = round;
    if (round.isReferenceRevealed) return;
    const stored = await findOpened(roundIndex);
    if (stored === undefined) return;
    const { referenceKey, payGradientKey } = stored;
    const tell = async (aggregator: string, index: number) => {
      const mark = `${roundIndex}/${index}`;
      if (released.has(mark)) return;
      const place = { roundIndex, aggregator };
      try {
        await Promise.all([
          send(place, "reference", referenceKey),
          payGradientKey && send(place, "pay-gradient", payGradientKey),
        ]);
        released.add(mark);
        onReleased(roundIndex, aggregator);
      } catch {
        forgetEndpoint(chain, aggregator);
        // Tried again at the next look; the chain is the way past an aggregator that does not answer.
      }
    };
    await Promise.all(terms.aggregators.map(tell));
    if (released.has(`${roundIndex}/${project.aggregatorIndex}`)) return;
    if ((await chainTime(chain)) < round.revealClosesAt - terms.revealSeconds / 2) return;
    const keys = new Uint8Array([...referenceKey, ...(payGradientKey ?? [])]);
    await revealKey(chain, { projectId, roundIndex, isReference: true, sealedKeys: keys });
    onReleased(roundIndex, "chain");
  };
}
