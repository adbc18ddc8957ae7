import type { Chain } from "../../adapters/chain/connect.ts";
import { readReaderKeys } from "../../adapters/chain/projects/model-readers.ts";
import type { Project } from "../../adapters/chain/projects/project.ts";
import { readTrainers } from "../../adapters/chain/projects/project-trainer.ts";
import type { G1Point } from "../../protocol/curve.ts";
import type { BlindedModel } from "../../protocol/model/apply-round.ts";
import { encodeModelFile, type TensorLayout } from "../../protocol/model/model-file.ts";
import { sealModel } from "../../protocol/model/private-model.ts";
import type { Envelope } from "../../protocol/sealing/envelope.ts";

/** What making a project's model files needs. */
export interface ModelFileMaker {
  readonly chain: Chain;
  readonly envelope: Envelope;
  /** Named tensors of a project's model, for the float32 part of model files. */
  readonly layoutOf: (project: Project) => Promise<readonly TensorLayout[]>;
}

/**
 * The file of a model that a round has made: the same bytes from everybody for a public project. For a private one sealed to those who
 * may read it now, which makes other bytes each time.
 */
export async function makeModelFile(
  { chain, envelope, layoutOf }: ModelFileMaker,
  project: Project,
  made: {
    readonly model: BlindedModel;
    readonly commitment: G1Point;
    readonly roundIndex: number;
    /** CID on chain of the model that the round started from. */
    readonly previousCid: string | null;
  },
): Promise<Uint8Array> {
  const { chainId } = chain;
  const { market } = chain.addresses;
  const { projectId, owner, terms } = project;
  const { model, commitment, roundIndex, previousCid } = made;
  const bytes = encodeModelFile(
    {
      model: model.integers,
      blinding: model.blinding,
      commitment,
      fractionBits: terms.fractionBits,
      lineage: { chainId, market, projectId, roundIndex, previousCid },
    },
    await layoutOf(project),
  );
  if (terms.modelVisibility === "public") return bytes;
  const readers = await readReaderKeys(chain, project, await readTrainers(chain, projectId));
  return sealModel({ chainId, market, owner, commitment }, { envelope, bytes, readers });
}
