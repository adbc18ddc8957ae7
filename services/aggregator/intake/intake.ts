import type { Chain } from "../../adapters/chain/connect.ts";
import { readProject } from "../../adapters/chain/projects/project.ts";
import { type ProjectTrainer, readTrainer } from "../../adapters/chain/projects/project-trainer.ts";
import { readRound } from "../../adapters/chain/rounds/round.ts";
import {
  recoverMessageSigner,
  recoverReferenceSigner,
  recoverUpdateSigner,
  signMessage,
} from "../../adapters/chain/sign.ts";
import { isSameAddress } from "../../protocol/address.ts";
import { INFINITY, isSamePoint } from "../../protocol/curve.ts";
import { fromDecimalPoint } from "../../protocol/decimal-point.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import type {
  EvaluationBody,
  KeyReceipt,
  KeyReleaseBody,
  ReferencesBody,
  SignedUpdateBody,
} from "../../protocol/market/api.ts";
import {
  evaluationMessage,
  keyReceiptMessage,
  keyReleaseMessage,
} from "../../protocol/market/signed-messages.ts";
import { aggregatorErrors } from "../errors.ts";
import type { RoundStore } from "../store/round-store.ts";
import { KeyLimit } from "./key-limit.ts";
import { RevealingRounds, takesKeys } from "./revealing-rounds.ts";

/** Takes in what referee and trainers send, checks who signed it, and keeps it. */
export interface Intake {
  takeReferences(projectId: bigint, roundIndex: number, body: ReferencesBody): Promise<unknown>;
  takeUpdate(projectId: bigint, roundIndex: number, body: SignedUpdateBody): Promise<unknown>;
  takeKey(projectId: bigint, roundIndex: number, body: KeyReleaseBody): Promise<KeyReceipt>;
  takeEvaluation(projectId: bigint, body: EvaluationBody): Promise<unknown>;
}

/**
 * @param options.onMultiaddrs Told where a sender's node can be dialled.
 * @param options.onNews Told when something came that a project's round may have waited for. Of updates only the last one: they are
 *   relayed together.
 * @param options.refusalOf Why a project is not served; undefined when it is. Its updates would wait here for nobody to relay them, and
 *   whoever posts a project of its own could have anything kept, and anybody dialled.
 */
export function createIntake(options: {
  chain: Chain;
  store: RoundStore;
  onMultiaddrs: (multiaddrs: readonly string[]) => void;
  onNews?: (projectId: bigint) => void;
  refusalOf?: (projectId: bigint) => string | undefined;
}): Intake {
  const { chain, store, onMultiaddrs, onNews = () => {}, refusalOf = () => undefined } = options;
  const refuse = (kind: keyof typeof aggregatorErrors, message: string): never => {
    throw new CommonweightError(aggregatorErrors[kind], message);
  };
  const requireServed = (projectId: bigint): void => {
    const refusal = refusalOf(projectId);
    if (refusal !== undefined) refuse("notServed", refusal);
  };
  const contextOf = (projectId: bigint, roundIndex: number) => ({
    chainId: chain.chainId,
    market: chain.addresses.market,
    projectId,
    roundIndex,
  });

  /** On the roster that was read for all keys of this moment, or by a question of its own: who left in the round is in it. */
  const isTrainer = async (
    projectId: bigint,
    sender: string,
    roster: readonly ProjectTrainer[],
  ): Promise<boolean> =>
    roster.some(({ trainer, status }) => isSameAddress(trainer, sender) && status !== "none") ||
    (await readTrainer(chain, projectId, sender)).status !== "none";

  const revealing = new RevealingRounds(chain);
  const keyLimit = new KeyLimit();
  /** Roster places whose updates came by message, in each project's newest round. */
  const handedIn = new Map<bigint, { readonly roundIndex: number; readonly mask: bigint }>();

  return {
    async takeReferences(projectId, roundIndex, body) {
      requireServed(projectId);
      const project = await readProject(chain, projectId);
      if (project.nextRoundIndex !== roundIndex) {
        refuse("wrongRound", `the next round is ${project.nextRoundIndex}, not ${roundIndex}`);
      }
      const modelCommitment = fromDecimalPoint(body.modelCommitment);
      // While a round is open they may be made on the model that it is going to make.
      if (project.phase === "idle" && !isSamePoint(modelCommitment, project.modelCommitment)) {
        refuse("wrongModel", "these references were not made on the project's model");
      }
      const signer = recoverReferenceSigner(
        chain,
        {
          ...{ projectId, roundIndex, modelCommitment },
          reference: fromDecimalPoint(body.reference),
          payGradient: body.payGradient ? fromDecimalPoint(body.payGradient) : INFINITY,
          referenceCid: body.referenceBundleCid,
          payGradientCid: body.payGradientBundleCid ?? "",
          jobCid: body.jobCid ?? "",
        },
        body.signature,
      );
      if (!isSameAddress(signer, project.terms.referee)) {
        refuse("notSigned", `references are signed by the referee ${project.terms.referee}`);
      }
      store.saveReferences(projectId, roundIndex, body);
      onMultiaddrs(body.multiaddrs);
      onNews(projectId);
      return { accepted: true };
    },

    async takeEvaluation(projectId, body) {
      requireServed(projectId);
      const { terms, nextRoundIndex } = await readProject(chain, projectId);
      const context = { chainId: chain.chainId, market: chain.addresses.market, projectId };
      const signer = recoverMessageSigner(evaluationMessage(context, body), body.signature);
      if (!isSameAddress(signer, terms.referee)) {
        refuse("notSigned", `evaluations are signed by the referee ${terms.referee}`);
      }
      // Model 0 is the owner's, and no round makes more than one.
      if (body.version > nextRoundIndex) refuse("wrongRound", `there is no model ${body.version}`);
      store.saveEvaluation(projectId, body);
      return { accepted: true };
    },

    async takeUpdate(projectId, roundIndex, body) {
      requireServed(projectId);
      const signer = recoverUpdateSigner(
        chain,
        { projectId, roundIndex, commitmentHash: body.commitmentHash, bundleCid: body.bundleCid },
        body.signature,
      );
      if (!isSameAddress(signer, body.trainer))
        refuse("notSigned", "the update is not signed by its trainer");
      const [round, trainer] = await Promise.all([
        readRound(chain, projectId),
        readTrainer(chain, projectId, body.trainer),
      ]);
      if (!round.isOpen || round.roundIndex !== roundIndex || round.phase !== "commit") {
        refuse("wrongRound", `round ${roundIndex} takes no updates now`);
      }
      // Who has left keeps its record, while somebody else may have its place: its update would have the others' refused with it.
      const takesPart = trainer.status === "active" || trainer.status === "leaving";
      if (!takesPart || ((round.pendingMask >> BigInt(trainer.rosterIndex)) & 1n) === 0n) {
        refuse("wrongRound", "this trainer is not in the round, or has submitted already");
      }
      store.saveUpdate(projectId, roundIndex, body);
      onMultiaddrs(body.multiaddrs);
      const earlier = handedIn.get(projectId);
      const others = earlier?.roundIndex === roundIndex ? earlier.mask : 0n;
      const mask = others | (1n << BigInt(trainer.rosterIndex));
      handedIn.set(projectId, { roundIndex, mask });
      if ((round.pendingMask & ~mask) === 0n) onNews(projectId);
      return { accepted: true, relayedBy: chain.account };
    },

    async takeKey(projectId, roundIndex, body) {
      requireServed(projectId);
      const { sender, kind, contentKey } = body;
      const aggregator = chain.account as string;
      const context = contextOf(projectId, roundIndex);
      const signer = recoverMessageSigner(
        keyReleaseMessage(context, { aggregator, kind, contentKey }),
        body.signature,
      );
      if (!isSameAddress(signer, sender))
        refuse("notSigned", "the key is not signed by its sender");
      const { project, round, trainers, now } = await revealing.read(projectId, roundIndex);
      if (kind !== "update" && !isSameAddress(sender, project.terms.referee)) {
        refuse("notSigned", "keys of the reference come from the referee");
      }
      // A key taken too early would let an aggregator read updates while others still choose theirs.
      if (!takesKeys(round, roundIndex)) {
        refuse("wrongRound", `keys of round ${roundIndex} are taken after its commit phase`);
      }
      if (kind === "update" && !(await isTrainer(projectId, sender, trainers))) {
        refuse("notSigned", "the sender is not a trainer here");
      }
      const place = { projectId, roundIndex, sender, kind };
      if (keyLimit.isNew(place, contentKey)) {
        store.saveKey(projectId, roundIndex, { sender, kind, contentKey, receivedAt: now });
        keyLimit.add(place, contentKey);
        // A standby waits for its window, not for keys.
        const inCharge = project.terms.aggregators[project.aggregatorIndex] ?? "";
        if (isSameAddress(inCharge, aggregator)) onNews(projectId);
      }
      const receipt = { sender, kind, contentKey, receivedAt: now };
      const signature = await signMessage(chain, keyReceiptMessage(context, receipt));
      return { receivedAt: now, aggregator, signature };
    },
  };
}
