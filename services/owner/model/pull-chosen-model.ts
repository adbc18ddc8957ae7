import { readPosting } from "../../adapters/chain/projects/project-posting.ts";
import type { Invocation } from "../../command-line/command-context.ts";
import { withChain } from "../../command-line/open-chain.ts";
import { openProjectContent } from "../../command-line/project-content.ts";
import { findProject } from "../find-project.ts";
import { readModelChoice } from "./choose-model.ts";
import { ownerKeyring } from "./owner-keyring.ts";
import { pullModel } from "./pull-model.ts";

/**
 * The model that a command's options choose, fetched and verified: `addModelChoice` and `addReaderOptions` are the options, the
 * project is the first argument.
 *
 * @throws what `findProject`, `readModelChoice` and `pullModel` throw.
 */
export async function pullChosenModel(invocation: Invocation) {
  const { args, options, config, signal, progress } = invocation;
  const { projectId } = await findProject(String(args[0]));
  const choice = readModelChoice(options);
  const pulled = await withChain(invocation, async (chain) => {
    const { terms } = await readPosting(chain, projectId);
    return pullModel({
      chain,
      projectId,
      contentStore: await openProjectContent(chain, terms, config),
      keyring: ownerKeyring(terms, { key: options.key, stateFolder: config.stateFolder }),
      choice,
      cacheDir: config.cacheFolder,
      srsPath: options.srs as string | undefined,
      signal,
      onProgress: progress,
    });
  });
  return { projectId, ...pulled };
}
