import type { Chain } from "../adapters/chain/connect.ts";
import type { Config } from "../adapters/config/config.ts";
import type { Examination } from "../command-line/diagnosis.ts";
import { examineMachine, examineMarket } from "../command-line/examine-machine.ts";
import { findContentSample, lookAtGateways, lookAtIpfs } from "./look-at-content.ts";
import { lookAtEncryptionKey, lookAtKeystore } from "./look-at-keys.ts";

/** What is looked at, and how the market is reached. */
export interface DiagnoseOptions {
  readonly config: Config;
  /** Connects to the market; rejects with what is wrong. */
  readonly connect: () => Promise<Chain>;
  readonly keystore?: string | undefined;
  readonly hasPrivateKey: boolean;
  readonly signal: AbortSignal;
}

/** Looks at everything that Commonweight needs, without changing anything but the state folder. */
export async function diagnose(examination: Examination, options: DiagnoseOptions): Promise<void> {
  const { config, connect, keystore, hasPrivateKey } = options;
  await examineMachine(examination, config);
  const chain = await examineMarket(examination, connect);
  await examineContent(examination, chain, options);
  chain?.close();
  if (keystore !== undefined) await examination.look("key", () => lookAtKeystore(keystore));
  else if (hasPrivateKey)
    await examination.look("key", async () => "COMMONWEIGHT_PRIVATE_KEY is set");
  else examination.skip("key", "no key is given; needed only to sign");
  await examination.look("encryption key", async () => {
    const path = lookAtEncryptionKey(config.stateFolder);
    return path ?? "none yet; the first command that needs one makes it";
  });
}

async function examineContent(
  examination: Examination,
  chain: Chain | undefined,
  { config, signal }: DiagnoseOptions,
): Promise<void> {
  const sample = chain && (await findContentSample(chain).catch(() => undefined));
  if (sample === undefined) {
    const why = chain === undefined ? "no chain to ask" : "no project to fetch from";
    for (const part of ["gateways", "IPFS"]) examination.skip(part, why);
    return;
  }
  const { gatewayUrls } = config.ipfs;
  await examination.look("gateways", () => lookAtGateways(sample, { gatewayUrls, signal }));
  await examination.look("IPFS", () => lookAtIpfs(sample, { signal }));
}
