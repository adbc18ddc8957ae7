import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Chain } from "../adapters/chain/connect.ts";
import { readProject } from "../adapters/chain/projects/project.ts";
import { readPosting } from "../adapters/chain/projects/project-posting.ts";
import { readModels } from "../adapters/chain/rounds/published-models.ts";
import type { Config } from "../adapters/config/config.ts";
import { openCurve } from "../adapters/curve/open-curve.ts";
import { getManifest } from "../adapters/dag-json/manifest-store.ts";
import { createHpkeEnvelope } from "../adapters/envelope/hpke-envelope.ts";
import { readEncryptionKeys } from "../adapters/envelope/key-file.ts";
import { modelCopyKeepers } from "../command-line/model-copies.ts";
import { openProjectContent } from "../command-line/project-content.ts";
import { learningErrors } from "../learning/errors.ts";
import { initialiseParameters } from "../learning/training/initialise.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { type Manifest, readManifest } from "../protocol/manifest/manifest.ts";
import { loadModel } from "../protocol/model/load-model.ts";
import { floatsOf } from "../protocol/model/model-file.ts";

/** What a practice round starts from. */
export interface StartModel {
  readonly parameters: Float32Array;
  /** `newest`: verified against the chain; `initial`: the manifest's start values, because the newest cannot be read. */
  readonly modelFrom: "newest" | "initial";
}

/** What samples are compared with. */
export interface FitSubject {
  readonly manifest: Manifest;
  readonly roundIndex: number;
  readonly normBoundSquared: bigint | undefined;
  /** Fetched only when there is something to practise with. */
  readonly loadModel: () => Promise<StartModel>;
}

const startValues = ({ model }: Manifest): StartModel => ({
  parameters: initialiseParameters(model),
  modelFrom: "initial",
});

/** A manifest that is not posted yet. @throws CW3101 for a file that cannot be read, CW1200-CW1202 for one that is no manifest. */
export async function readFitFile(path: string): Promise<FitSubject> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new CommonweightError(learningErrors.dataUnreadable, path, { cause });
  });
  const manifest = readManifest(bytes);
  const loadStart = async () => startValues(manifest);
  return { manifest, roundIndex: 0, normBoundSquared: undefined, loadModel: loadStart };
}

/**
 * Fetches a project's manifest, and its newest model when that is wanted, each checked against the chain: the manifest by its CID, the
 * model by its commitment. A private project's model is read when its key is in the state folder.
 */
export async function readFitProject(
  chain: Chain,
  projectId: bigint,
  around: { config: Config; srsPath?: string | undefined; signal: AbortSignal },
): Promise<FitSubject> {
  const { config, srsPath, signal } = around;
  const [{ owner, terms, nextRoundIndex }, { manifestCid }] = await Promise.all([
    readProject(chain, projectId),
    readPosting(chain, projectId),
  ]);
  const content = await openProjectContent(chain, terms, config);
  const manifest = await getManifest(content, manifestCid, { signal });
  const keyPath = join(config.stateFolder, "encryption-key.json");
  const isPrivate = terms.modelVisibility === "private";

  async function loadNewest(): Promise<StartModel> {
    if (isPrivate && !existsSync(keyPath)) return startValues(manifest);
    const { parameterCount, fractionBits } = terms;
    const published = (await readModels(chain, projectId)).at(-1);
    if (published === undefined) return startValues(manifest);
    await using curve = await openCurve({ parameterCount, cacheDir: config.cacheFolder, srsPath });
    const { integers } = await loadModel(
      curve,
      content,
      {
        ...published,
        chainId: chain.chainId,
        market: chain.addresses.market,
        ...{ owner, projectId, fractionBits, parameterCount },
      },
      {
        signal,
        copyKeepers: modelCopyKeepers(chain, { projectId, ...terms }),
        keyring: isPrivate
          ? { envelope: createHpkeEnvelope(), keys: readEncryptionKeys(keyPath) }
          : undefined,
      },
    );
    return { parameters: floatsOf(integers, fractionBits), modelFrom: "newest" };
  }

  return {
    manifest,
    roundIndex: nextRoundIndex,
    normBoundSquared: terms.normBoundSquared,
    loadModel: loadNewest,
  };
}
