/**
 * Loaded into an aggregator's process (`node --import`): it proves and settles as it should, but names another file as the new model
 * than the one that it made, of which it tells nobody. First a file that nobody has, then one of an earlier model.
 */
import { ModelKeeper } from "../../services/aggregator/round/model-keeper.ts";

/** CID of bytes that nobody keeps. */
export const NOBODYS_CID = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";

const { publish } = ModelKeeper.prototype;
const made: string[] = [];

ModelKeeper.prototype.publish = async function (this: ModelKeeper, ...parameters) {
  const published = await publish.apply(this, parameters);
  const cid = made[0] ?? NOBODYS_CID;
  made.push(published.cid);
  return { ...published, cid };
};

// An honest one would notice by now that its file has another name than the chain's, and say so.
ModelKeeper.prototype.keep = async () => ({ done: Promise.resolve(true) });
