import { join } from "node:path";
import type { Chain } from "../adapters/chain/connect.ts";
import { topUpWrapped } from "../adapters/chain/tokens/token-balance.ts";
import { openCurve } from "../adapters/curve/open-curve.ts";
import { createHpkeEnvelope } from "../adapters/envelope/hpke-envelope.ts";
import { loadEncryptionKeys } from "../adapters/envelope/key-file.ts";
import { countParameters } from "../learning/model-spec.ts";
import { postPreparedProject, prepareProject } from "../owner/posting/post-project.ts";
import { registerEncryptionKey } from "../owner/posting/register-encryption-key.ts";
import { sealToReaders } from "../owner/posting/seal-to-readers.ts";
import type { ContentStore } from "../protocol/content-store.ts";
import { type MarketOptions, marketTerms } from "./market-plan.ts";
import type { MarketSamples } from "./market-samples.ts";

/**
 * Posts the market's project for the account that `chain` signs with, as `owner post` does.
 *
 * @param parties.contentStore Serves manifest and first model until the aggregators have them.
 * @param parties.ownerFolder Where the owner of a private project keeps its encryption key.
 */
export async function postMarketProject(
  chain: Chain,
  options: MarketOptions,
  parties: {
    readonly contentStore: ContentStore;
    readonly samples: MarketSamples;
    readonly referee: string;
    readonly aggregators: readonly string[];
    readonly cacheFolder: string;
    readonly ownerFolder: string;
  },
): Promise<{ projectId: bigint; escrowWei: bigint }> {
  const { contentStore, cacheFolder, referee, aggregators } = parties;
  const { manifest, terms } = await parties.samples.design();
  await using curve = await openCurve({
    parameterCount: countParameters(manifest.model),
    cacheDir: cacheFolder,
  });
  const rewardToken = chain.addresses.wrappedNative;
  const prepared = await prepareProject({
    ...{ chain, curve, contentStore, manifest },
    sealTo: await ownerSeal(chain, parties.ownerFolder, options, aggregators),
    terms: marketTerms(
      { ...options, terms: { ...terms, ...options.terms } },
      { rewardToken, referee, aggregators },
    ),
  });
  await topUpWrapped(chain, rewardToken, prepared.escrowWei);
  const { projectId } = await postPreparedProject(chain, prepared);
  return { projectId, escrowWei: prepared.escrowWei };
}

/** A private project's owner reads the models with a key in its own state folder, as `owner pull --state` does. */
async function ownerSeal(
  chain: Chain,
  folder: string,
  { terms }: MarketOptions,
  aggregators: readonly string[],
): Promise<Parameters<typeof prepareProject>[0]["sealTo"]> {
  if (terms?.modelVisibility !== "private") return undefined;
  const envelope = createHpkeEnvelope();
  const keys = await loadEncryptionKeys(join(folder, "encryption-key.json"), envelope);
  await registerEncryptionKey(chain, keys);
  const accounts = { referee: chain.account as string, aggregators };
  return sealToReaders(chain, { terms: accounts, ownKey: keys.publicKey, envelope });
}
