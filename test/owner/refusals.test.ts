import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exitCodes } from "../../services/command-line/exit-codes.ts";
import { exportModel } from "../../services/owner/model/export-model.ts";
import { openSamples } from "../../services/owner/model/measure-model.ts";
import { prepareProject } from "../../services/owner/posting/post-project.ts";
import {
  readProjectFolder,
  writeProjectFile,
} from "../../services/owner/posting/project-folder.ts";
import { type PostableTerms, parseTerms } from "../../services/owner/posting/terms-file.ts";
import type { Manifest } from "../../services/protocol/manifest/manifest.ts";
import { commandLine } from "../cli/command-line.ts";
import { MANIFEST } from "../protocol/manifest/manifest-case.ts";
import { cropsTable } from "./crops-table.ts";
import { refusalOf } from "./refusal-of.ts";

const ADDRESS = `0x${"a1".repeat(20)}`;
const TERMS = {
  budgetPerRoundWei: "1000000000000000000",
  stakeWei: "100000000000000000",
  joinSeconds: 60,
  openSeconds: 60,
  commitSeconds: 600,
  revealSeconds: 60,
  settleSeconds: 600,
  rounds: 2,
  minTrainers: 3,
};
const around = { manifest: MANIFEST, wrappedNative: ADDRESS, account: ADDRESS };

describe("a project's folder", () => {
  let home = "";
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "commonweight-refusals-"));
    await writeFile(join(home, "crops.csv"), cropsTable(300));
    const made = await owner("init crops --data crops.csv --trainers 4 --yes");
    expect(made.exitCode, made.stderr).toBe(exitCodes.success);
  });
  afterAll(() => rm(home, { recursive: true }));

  /** The state folder lies in the test's own: paths of a command line start from where this process runs. */
  const owner = (args: string) =>
    commandLine(
      ["owner", ...args.split(" ").map((arg) => (/^crops/.test(arg) ? join(home, arg) : arg))],
      { folder: home },
    );

  it("is not made where one is already", async () => {
    const again = await owner("init crops --data crops.csv --yes");

    expect(again.exitCode).toBe(exitCodes.refused);
    expect(again.stderr).toMatch(/^CW4018: .*crops: The folder holds a project already\n.*--force/);
  });

  it("is not posted twice by mistake: that would be a second escrow", async () => {
    const read = await readProjectFolder(join(home, "crops"));
    const posted = { projectId: "7", chainId: "31337", market: ADDRESS, transactionHash: "0x" };
    await writeProjectFile(read.folder, { ...read.project, posted });

    const again = await owner("post crops --yes");

    expect(again.exitCode).toBe(exitCodes.refused);
    expect(again.stderr).toMatch(/^CW4020: as project 7 of the market 0xa1/);
    expect(again.stderr).toContain("--again");
  });

  it("is posted to aggregators that are addresses, also with a blank behind the comma", async () => {
    const name = await owner("post crops --yes --aggregator bob");
    const two = await commandLine(
      ["owner", "post", join(home, "nothing"), "--aggregator", `${ADDRESS}, ${ADDRESS}`],
      { folder: home },
    );

    expect(name.exitCode).toBe(exitCodes.usage);
    expect(name.stderr).toContain("Expected an address");
    expect(two.stderr).toMatch(/^CW4025: /);
  });

  it("or samples are needed by a referee, a rehearsal and a measurement", async () => {
    await writeFile(join(home, "manifest.json"), JSON.stringify(MANIFEST));

    const reference = await owner("reference 1");
    const rehearsal = await owner(`rehearse --manifest ${join(home, "manifest.json")}`);

    for (const { exitCode, stderr } of [reference, rehearsal]) {
      expect(exitCode).toBe(exitCodes.refused);
      expect(stderr).toMatch(/^CW4022: /);
    }
    await refusalOf("CW4022", () =>
      openSamples({ source: undefined, folder: undefined }, MANIFEST.data),
    );
  });
});

describe("a file of terms", () => {
  it("is refused with everything that is wrong in it", async () => {
    const text = JSON.stringify({ ...TERMS, rounds: -1, stakeWei: 5, surprise: true });

    const { message } = await refusalOf("CW4012", () => parseTerms(text, around));

    for (const named of ["rounds", "stakeWei", "surprise"]) expect(message).toContain(named);
  });

  it("may pay as rarely as the contract takes it, and no rarer", async () => {
    const textOf = (payEvery: number) =>
      JSON.stringify({ ...TERMS, payEvery, aggregators: [ADDRESS] });

    expect(parseTerms(textOf(65_535), around).payEvery).toBe(65_535);
    await refusalOf("CW4012", () => parseTerms(textOf(65_536), around));
  });

  it("is refused when it is no JSON, and without an aggregator or with four", async () => {
    const four = { ...TERMS, aggregators: Array(4).fill(ADDRESS) };

    for (const text of ["{", JSON.stringify(TERMS), JSON.stringify(four)]) {
      await refusalOf("CW4012", () => parseTerms(text, around));
    }
  });

  it("without an aggregator is told which ones the market knows", async () => {
    const refused = (registered: readonly string[]) =>
      refusalOf("CW4012", () => parseTerms(JSON.stringify(TERMS), { ...around, registered }));

    expect((await refused([ADDRESS])).message).toContain(`registered on this market: ${ADDRESS}`);
    expect((await refused([])).message).toContain("none has registered on this market");
  });

  it("is refused with an address whose checksum shows a slip of the pen", async () => {
    const right = "0xDf2356AfBEE96EA4C71e98bEA985De7EA372ecE7";
    const terms = (address: string) => JSON.stringify({ ...TERMS, aggregators: [address] });

    expect(parseTerms(terms(right), around).aggregators).toEqual([right]);
    const { message } = await refusalOf("CW4012", () =>
      parseTerms(terms(right.replace(/7$/, "8")), around),
    );
    expect(message).toMatch(/^aggregators\.0: expected an address.*checksum/);
  });
});

describe("a project to be posted", () => {
  /** Nothing of the chain or the curve is asked before these refusals. */
  const prepare = (changes: { terms?: Partial<PostableTerms>; initialParameters?: Float32Array }) =>
    prepareProject({
      ...{ chain: {} as never, curve: {} as never, contentStore: {} as never },
      manifest: MANIFEST,
      terms: {
        ...parseTerms(JSON.stringify({ ...TERMS, aggregators: [ADDRESS] }), around),
        ...changes.terms,
      },
      ...(changes.initialParameters ? { initialParameters: changes.initialParameters } : {}),
    });

  it("is refused with every term that the market would refuse", async () => {
    const { message } = await refusalOf("CW4023", () =>
      prepare({ terms: { rounds: 0, minTrainers: 1 } }),
    );

    for (const named of ["rounds", "minTrainers"]) expect(message).toContain(named);
  });

  it("is refused with start values of another model, and as private without readers", async () => {
    await refusalOf("CW4000", () => prepare({ initialParameters: new Float32Array(3) }));
    await refusalOf("CW4000", () => prepare({ terms: { modelVisibility: "private" } }));
  });
});

it("a model that is only named tensors is no ONNX, which needs to know how it computes", async () => {
  const manifest: Manifest = {
    ...MANIFEST,
    model: { kind: "tensors", tensors: [{ name: "adapter.A", shape: [2] }] },
  };
  const committed = {
    ...{ model: Int32Array.from([1, 2]), blinding: 1n, fractionBits: 14 },
    commitment: { x: 1n, y: 2n },
    lineage: { chainId: 1n, market: ADDRESS, projectId: 1n, roundIndex: null, previousCid: null },
  };

  await refusalOf("CW4010", () => exportModel(committed, manifest, "onnx"));
  expect(exportModel(committed, manifest, "npz").length).toBeGreaterThan(8);
});
