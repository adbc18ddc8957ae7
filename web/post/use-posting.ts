import { useCallback, useReducer, useRef, useState } from "react";
import type { Chain } from "../../services/adapters/chain/connect.ts";
import { chainErrors } from "../../services/adapters/chain/errors.ts";
import type { PostableTerms } from "../../services/owner/posting/terms-file.ts";
import { CommonweightError, isErrorOf } from "../../services/protocol/errors.ts";
import type { Manifest } from "../../services/protocol/manifest/manifest.ts";
import type { EncryptionKeyPair } from "../../services/protocol/sealing/envelope.ts";
import { webErrors } from "../errors.ts";
import { forgetSent, loadSent, type SentPosting, storeSent } from "./draft.ts";
import { advancePosting, idleProgress } from "./posting-steps.ts";
import type { MadeFiles } from "./run-posting.ts";
import type { ConnectedWallet } from "./wallet-section.tsx";

/** What is to be posted. */
export interface PostingOrder {
  readonly manifest: Manifest;
  readonly terms: PostableTerms;
  readonly srsBytes?: Uint8Array | undefined;
  /** The owner's, made in this page for a private project. */
  readonly encryptionKeys?: EncryptionKeyPair | undefined;
}

/** The code that posts, fetched when it is first needed. @throws CW7003 when it cannot be, which is no fault of the wallet */
const loadPosting = () =>
  import("./run-posting.ts").catch((cause: unknown) => {
    throw new CommonweightError(webErrors.pageBroken, undefined, { cause });
  });

/** Runs a posting, and remembers one that was sent until an aggregator has its files. */
export function usePosting(chain: Chain) {
  const { market } = chain.addresses;
  const [progress, tell] = useReducer(advancePosting, idleProgress);
  const [sent, setSent] = useState<SentPosting | undefined>(() => loadSent(chain.chainId, market));
  const [searchError, setSearchError] = useState<unknown>(null);
  const files = useRef<MadeFiles | null>(null);

  const { projectId } = progress;
  const forgetIt = useCallback(() => {
    forgetSent();
    setSent(undefined);
  }, []);

  const start = useCallback(
    async (connected: ConnectedWallet, order: PostingOrder) => {
      tell({ type: "started" });
      setSearchError(null);
      try {
        const { connectWallet, handOver, makeFiles, runPosting } = await loadPosting();
        const signing = await connectWallet(chain, connected.wallet.provider, connected.account);
        const isPrivate = order.terms.modelVisibility === "private";
        const { forgetFiles, keepFiles, keptFiles } = await import("./kept-files.ts");
        const onFiles = async (made: MadeFiles) => {
          files.current = made;
          if (isPrivate) await keepFiles(made);
        };
        if (projectId !== undefined) {
          const made =
            files.current ??
            (isPrivate
              ? await keptFiles(chain, projectId)
              : await makeFiles({ chain: signing, ...order }));
          await handOver({ chain: signing, projectId, files: made, tell });
          forgetIt();
          if (isPrivate) await forgetFiles();
          return;
        }
        await runPosting({
          ...{ chain: signing, ...order, tell, onFiles },
          onSent: (hash) => {
            const posting = { chainId: String(chain.chainId), market, hash };
            storeSent(posting);
            setSent(posting);
          },
        });
        // Not before an aggregator has the files: without them the escrow would lie there for nothing.
        forgetIt();
        if (isPrivate) await forgetFiles();
      } catch (error) {
        // In a block and failed: it cannot be posted twice by sending another.
        if (isErrorOf(error, chainErrors.failed)) forgetIt();
        const known =
          error instanceof CommonweightError
            ? error
            : new CommonweightError(webErrors.pageBroken, String(error), { cause: error });
        tell({ type: "failed", error: known });
      } finally {
        tell({ type: "ended" });
      }
    },
    [chain, market, projectId, forgetIt],
  );

  const search = useCallback(async () => {
    if (sent === undefined) return;
    setSearchError(null);
    try {
      const { findPosting } = await loadPosting();
      const projectId = await findPosting(chain, sent.hash);
      if (projectId === undefined) {
        throw new CommonweightError(webErrors.notSeenYet, undefined, { details: { ...sent } });
      }
      tell({ type: "posted", projectId });
    } catch (error) {
      setSearchError(error);
    }
  }, [chain, sent]);

  const forget = useCallback(() => {
    forgetIt();
    setSearchError(null);
  }, [forgetIt]);

  /** Begins anew, for another project; one that was sent and not seen stays remembered. */
  const restart = useCallback(() => {
    files.current = null;
    tell({ type: "forgotten" });
  }, []);

  return { progress, start, sent, search, searchError, forget, restart };
}
