import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { countProjects } from "../../services/adapters/chain/projects/project.ts";
import { exitCodes } from "../../services/command-line/exit-codes.ts";
import { refuseUnfinishedPosting } from "../../services/owner/posting/find-posting.ts";
import {
  readProjectFolder,
  writeProjectFileNow,
} from "../../services/owner/posting/project-folder.ts";
import { publishProject } from "../../services/owner/posting/publish-project.ts";
import { parseTerms } from "../../services/owner/posting/terms-file.ts";
import { commandLine } from "../cli/command-line.ts";
import { type PlayedMarket, startPlayedMarket } from "../cli/played-market.ts";

let market: PlayedMarket;
beforeAll(async () => {
  market = await startPlayedMarket();
});
afterAll(() => market?.stop());

const owner = (words: readonly string[]) =>
  commandLine(["owner", ...words, "--yes", "--state", join(market.folder, "own")], {
    folder: market.folder,
    environment: { COMMONWEIGHT_PRIVATE_KEY: market.privateKeyOf("owner") },
  });

/** Posts the folder's project as the command does, and dies before it has seen the end: after sending, or with nothing sent. */
async function postAndDie(folder: string, isSent: boolean): Promise<void> {
  const chain = market.of("owner");
  const read = await readProjectFolder(folder);
  const { manifest, termsText, project } = read;
  const terms = parseTerms(termsText, {
    ...{ manifest, wrappedNative: chain.addresses.wrappedNative },
    account: chain.account as string,
  });
  const died = new Error("killed");
  const place = { chainId: chain.chainId.toString(), market: chain.addresses.market };
  const posting = publishProject({
    ...{ chain, manifest, terms, waitMs: 0, signal: new AbortController().signal },
    ...{ ipfsFolder: join(market.folder, "own/ipfs"), cacheDir: join(market.folder, "cache") },
    encryptionKeys: () => Promise.reject(died),
    onProgress: () => {},
    confirm: async () => {},
    onSending: (sending) => {
      writeProjectFileNow(folder, { ...project, posting: { ...place, ...sending } });
      if (!isSent) throw died;
    },
    onPosted: () => Promise.reject(died),
  });
  await expect(posting).rejects.toThrow("killed");
}

it("a posting whose process died is found again, and is no reason for a second escrow", async () => {
  const aggregator = market.of("aggregator").account as string;
  const folder = join(market.folder, "kinds");
  const made = await owner([
    "init",
    folder,
    "--data",
    join(market.folder, "samples.csv"),
    "--aggregator",
    aggregator,
  ]);
  expect(made.exitCode, made.stderr).toBe(exitCodes.success);

  await postAndDie(folder, false);
  expect(await countProjects(market.of("owner"))).toBe(1);
  await postAndDie(folder, true);
  expect(await countProjects(market.of("owner"))).toBe(2);

  const again = await owner(["post", folder]);
  expect(again).toMatchObject({
    exitCode: exitCodes.refused,
    stderr: expect.stringMatching(/CW4020: as project 2 .* by a run that was interrupted/),
  });
  expect(await countProjects(market.of("owner"))).toBe(2);
  const { project } = await readProjectFolder(folder);
  expect(project.posting).toBeUndefined();
  expect(project.posted?.projectId).toBe("2");
});

it("a posting that waits is found by its place, whatever its hash is by then, and one that lost its place is over", async () => {
  const chain = market.of("owner");
  const { provider } = chain;
  const mineAlone = async (isAutomatic: boolean) => {
    await provider.send("evm_setIntervalMining", [isAutomatic ? 1000 : 0]);
    await provider.send("evm_setAutomine", [isAutomatic]);
  };
  const read = await readProjectFolder(join(market.folder, "kinds"));
  const { posted: _, ...project } = read.project;
  const nonce = await provider.getTransactionCount(chain.account as string);
  const posting = {
    ...{ chainId: chain.chainId.toString(), market: chain.addresses.market, nonce },
    // Of the version that was signed first.
    ...{ transactionHash: `0x${"ab".repeat(32)}`, manifestCid: "bafynone", fromBlock: 0 },
  };
  const look = () => refuseUnfinishedPosting(chain, { ...read, project: { ...project, posting } });

  await mineAlone(false);
  try {
    await expect(look()).resolves.toBeUndefined();
    await chain.signer?.sendTransaction({ to: chain.account as string, nonce, gasLimit: 21_000 });
    await expect(look()).rejects.toMatchObject({ code: "CW4026" });
    await provider.send("evm_mine", []);
    await expect(look()).resolves.toBeUndefined();
  } finally {
    await mineAlone(true);
  }
});

it("a folder that cannot be written is told before anything is sent", async () => {
  const folder = join(market.folder, "kinds");
  const path = join(folder, "project.json");
  const { posted: _, ...project } = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify(project));
  const before = await countProjects(market.of("owner"));
  const chain = market.of("owner");
  const { manifest, termsText } = await readProjectFolder(folder);
  const terms = parseTerms(termsText, {
    ...{ manifest, wrappedNative: chain.addresses.wrappedNative },
    account: chain.account as string,
  });
  const posting = publishProject({
    ...{ chain, manifest, terms, waitMs: 0, signal: new AbortController().signal },
    ...{ ipfsFolder: join(market.folder, "own/ipfs"), cacheDir: join(market.folder, "cache") },
    encryptionKeys: () => Promise.reject(new Error("none")),
    onProgress: () => {},
    confirm: async () => {},
    onSending: () => writeProjectFileNow("/dev/full/none", project),
  });

  await expect(posting).rejects.toMatchObject({ code: "CW4013" });
  expect(await countProjects(chain)).toBe(before);
});
