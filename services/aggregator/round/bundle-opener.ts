import type { Chain } from "../../adapters/chain/connect.ts";
import type { Project } from "../../adapters/chain/projects/project.ts";
import type { RoundLog } from "../../adapters/chain/rounds/round-log.ts";
import { secureBytes } from "../../learning/random.ts";
import { isSameAddress } from "../../protocol/address.ts";
import type { ContentStore } from "../../protocol/content-store.ts";
import { type Curve, type G1Point, isSamePoint } from "../../protocol/curve.ts";
import { fromHex } from "../../protocol/hex.ts";
import type { EncryptionKeyPair, Envelope } from "../../protocol/sealing/envelope.ts";
import type { RoundStore } from "../store/round-store.ts";
import type { StoredKey } from "../store/stored-key.ts";
import {
  isReadable,
  openSubmission,
  type ReadableUpdate,
  type ReleasedKey,
  type UnreadableUpdate,
} from "./collect-bundles.ts";
import { CommitmentChecks } from "./commitment-checks.ts";

/** What opening the bundles of a project needs. */
export interface BundleOpenerParameters {
  readonly chain: Chain;
  readonly curveFor: (parameterCount: number) => Promise<Curve>;
  readonly rounds: RoundLog;
  readonly contentStore: ContentStore;
  readonly envelope: Envelope;
  readonly keys: EncryptionKeyPair;
  readonly store: RoundStore;
  readonly signal: AbortSignal;
}

/** Why a bundle is left out that nobody has, by the contract's number. */
const BUNDLE_AWAY = 2;

/** A bundle as the chain names it. */
export type NamedBundle = Parameters<typeof openSubmission>[0];

/**
 * Opens bundles with the keys that were released, and remembers what opened. Their commitments are computed again meanwhile:
 * {@link BundleOpener.confirmed} tells whether all of them were right.
 */
export class BundleOpener {
  readonly #parameters: BundleOpenerParameters;
  readonly #opened = new Map<string, ReadableUpdate>();
  readonly #checks = new CommitmentChecks(secureBytes);
  readonly #unconfirmed = new Map<string, Promise<boolean>>();
  /** What opened and was not what its author had committed to. */
  readonly #wrong = new Set<string>();
  /** What nobody had, however often it was asked for. */
  readonly #away = new Set<string>();

  constructor(parameters: BundleOpenerParameters) {
    this.#parameters = parameters;
  }

  /** Forgets what earlier rounds held. */
  clear(): void {
    this.#opened.clear();
    this.#unconfirmed.clear();
    this.#wrong.clear();
    this.#away.clear();
  }

  /**
   * Whether everything that was opened is what its authors committed to, once it is known. What is not opens as such from then on.
   *
   * @throws what the curve throws; opened again, it is checked again.
   */
  async confirmed(): Promise<boolean> {
    const checks = [...this.#unconfirmed.values()];
    this.#unconfirmed.clear();
    return (await Promise.all(checks)).every(Boolean);
  }

  /** Opens one bundle: decrypts and decodes it. */
  async open(
    { projectId, terms }: Project,
    roundIndex: number,
    bundle: NamedBundle,
    contentKeys: readonly ReleasedKey[],
  ): Promise<ReadableUpdate | UnreadableUpdate> {
    const { chain, contentStore, envelope, keys, signal } = this.#parameters;
    // By what it opens, not by its slot: after a reorganisation a slot may be somebody else's.
    const place = `${roundIndex}/${bundle.slot}/${bundle.trainer}/${bundle.commitmentHash}`;
    const known = this.#opened.get(place);
    if (known !== undefined) return known;
    const curve = await this.#parameters.curveFor(terms.parameterCount);
    const opened = await openSubmission(bundle, {
      store: contentStore,
      envelope,
      keys,
      contentKeys,
      // One that never comes must not take another minute of the turn to settle.
      ...(this.#away.has(place) ? { retries: 0 } : {}),
      context: {
        chainId: chain.chainId,
        market: chain.addresses.market,
        projectId,
        roundIndex,
      },
      fractionBits: terms.fractionBits,
      parameterCount: terms.parameterCount,
      commit: async (opening) => {
        const commitment = this.#checks.commit(curve, opening);
        if (this.#wrong.has(place)) return commitment;
        this.#confirm(place, opening.claimed, commitment);
        return opening.claimed;
      },
      signal,
    });
    if (!isReadable(opened)) {
      if (opened.reason === BUNDLE_AWAY) this.#away.add(place);
    } else if (!this.#wrong.has(place)) this.#opened.set(place, opened);
    return opened;
  }

  #confirm(place: string, claimed: G1Point, recomputed: Promise<G1Point>): void {
    const check = recomputed.then((commitment) => {
      const isRight = isSamePoint(commitment, claimed);
      if (!isRight) {
        this.#wrong.add(place);
        this.#opened.delete(place);
      }
      return isRight;
    });
    // Said by whoever asks whether all is confirmed.
    check.catch(() => this.#opened.delete(place));
    this.#unconfirmed.set(place, check);
  }

  /** Finds released keys: those that came by message, and those on chain, which nobody can say never came. */
  async releasedKeys({ projectId, terms }: Project, roundIndex: number) {
    const { rounds, store } = this.#parameters;
    const revealed = await rounds.revealedKeys(roundIndex);
    const fromChain = revealed.flatMap(({ account, isReference, sealedKeys }) => {
      const key = (kind: StoredKey["kind"], bytes: Uint8Array) => ({
        ...{ sender: account, kind, bytes, isOnChain: true },
      });
      if (!isReference) return [key("update", sealedKeys.slice(0, 32))];
      const reference = key("reference", sealedKeys.slice(0, 32));
      return terms.usesPayGradient
        ? [reference, key("pay-gradient", sealedKeys.slice(32, 64))]
        : [reference];
    });
    const byMessage = store.listKeys(projectId, roundIndex).map(({ sender, kind, contentKey }) => ({
      ...{ sender, kind, bytes: fromHex(contentKey), isOnChain: false },
    }));
    const keys = [...byMessage, ...fromChain];
    return (sender: string, kind: StoredKey["kind"]): readonly ReleasedKey[] =>
      keys.filter((each) => isSameAddress(each.sender, sender) && each.kind === kind);
  }
}
