import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { csvDataset } from "../../../services/learning/data/csv-dataset.ts";
import { projectDataset } from "../../../services/learning/data/project-dataset.ts";
import {
  logisticRegression,
  type ModelSpec,
  multilayerPerceptron,
} from "../../../services/learning/model-spec.ts";
import { runExternalTrainer } from "../../../services/learning/training/external-trainer.ts";
import { initialiseParameters } from "../../../services/learning/training/initialise.ts";
import { trainExternally } from "../../../services/learning/training/train-externally.ts";
import { trainLocally } from "../../../services/learning/training/train-locally.ts";
import {
  encodeModel,
  readTrainingResult,
  writeTrainingJob,
} from "../../../services/learning/training/training-job.ts";

const model = logisticRegression({ features: 2, classes: 2 });
const parameters = initialiseParameters(model);
const node = `"${process.execPath}"`;
const example = resolve("examples/trainers/plain-node/train.mjs");
const limits = {
  timeoutMs: 120_000,
  memoryMb: 1000,
  environment: { PATH: process.env.PATH ?? "" },
};

let folder: string;
let jobs = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "trainer-test-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const newJobFolder = () => join(folder, `job-${jobs++}`);

function jobOn(dataPath: string) {
  return {
    model,
    parameters,
    hyperparameters: { optimiser: "sgd", learningRate: 0.5, batchSize: 1, epochs: 20 } as const,
    dataPath,
    projectId: "7",
    roundIndex: 3,
    seed: "1",
  };
}

/** Runs a program given as JavaScript text in a job folder. */
async function runProgram(source: string, overrides: object = {}) {
  const jobFolder = newJobFolder();
  await writeTrainingJob(jobFolder, jobOn("none"));
  await writeFile(join(jobFolder, "program.mjs"), source);
  await runExternalTrainer({ ...limits, command: `${node} program.mjs`, jobFolder, ...overrides });
  return jobFolder;
}

describe("a trainer's own program", () => {
  test("trains the project's tensors and reports progress and metrics", async () => {
    const dataPath = join(folder, "data.csv");
    await writeFile(dataPath, "x,y,class\n1,0,0\n0,1,1\n1,0.2,0\n0.1,1,1\n");
    const steps: number[] = [];

    const trained = await trainExternally({
      ...limits,
      command: `${node} "${example}"`,
      jobFolder: newJobFolder(),
      job: jobOn(dataPath),
      onProgress: ({ step }) => steps.push(step),
    });

    expect(trained.metrics.samples).toBe(4);
    expect(trained.metrics.loss).toBeLessThan(0.3);
    expect(trained.parameters[0]).toBeGreaterThan(0.5);
    expect(trained.parameters).toHaveLength(6);
    expect(steps).toEqual(Array.from({ length: 80 }, (_, i) => i + 1));
  });

  test("takes the same step as the built-in trainer, on a table that the manifest describes", async () => {
    const rows = ["10,male,a", "30,female,b", "NA,male,b", "50,NA,a"];
    const text = ["size,sex,kind", ...rows].join("\n");
    const dataPath = join(folder, "table.csv");
    await writeFile(dataPath, text);
    const table = {
      columns: ["size", "sex"],
      target: "kind",
      categories: { sex: ["female", "male"] },
      missing: { size: 30 },
    };
    const data = {
      inputShape: [3],
      classes: ["a", "b"],
      normalisation: { mean: [30, 0, 0], deviation: [20, 1, 1] },
      table,
    };
    const perceptron = multilayerPerceptron({ features: 3, hidden: [5], classes: 2, seed: "1" });
    const start = initialiseParameters(perceptron);
    const training = { optimiser: "sgd", learningRate: 0.5, batchSize: 4, epochs: 1 } as const;
    const opened = csvDataset(text, {
      ...{ targetColumn: "kind", columns: table.columns, classes: data.classes },
      ...{ categories: table.categories, missing: table.missing },
    });

    const theirs = await trainExternally({
      ...limits,
      command: `${node} "${example}"`,
      jobFolder: newJobFolder(),
      job: {
        ...jobOn(dataPath),
        model: perceptron,
        parameters: start,
        hyperparameters: { ...training, steps: 1 },
        data,
      },
    });
    const ours = await trainLocally({
      model: perceptron,
      parameters: start,
      dataset: projectDataset(opened, data),
      hyperparameters: { ...training, steps: 1 },
      seed: "1",
    });

    expect(Array.from(theirs.parameters)).not.toEqual(Array.from(start));
    theirs.parameters.forEach((value, i) => {
      expect(value).toBeCloseTo(ours.parameters[i] as number, 5);
    });
  });

  test("finds all it needs to know in job.json", async () => {
    const jobFolder = newJobFolder();

    await writeTrainingJob(jobFolder, jobOn("/data/mine.csv"));

    expect(JSON.parse(await readFile(join(jobFolder, "job.json"), "utf8"))).toEqual({
      version: 1,
      input: { model: "model.safetensors", data: "/data/mine.csv" },
      output: { model: "output/model.safetensors", metrics: "output/metrics.json" },
      projectId: "7",
      roundIndex: 3,
      seed: expect.stringMatching(/^\d+$/),
      training: { optimiser: "sgd", learningRate: 0.5, batchSize: 1, epochs: 20 },
      model,
    });
  });

  test("has a number to seed with, which is another in another round", async () => {
    const seedOf = async (seed: string) => {
      const jobFolder = newJobFolder();
      await writeTrainingJob(jobFolder, { ...jobOn("none"), seed });
      return JSON.parse(await readFile(join(jobFolder, "job.json"), "utf8")).seed as string;
    };
    const [seed, again, next] = await Promise.all(["0xab/1/0", "0xab/1/0", "0xab/1/1"].map(seedOf));

    expect(Number(seed)).toBeLessThan(2 ** 31);
    expect(String(Number(seed))).toBe(seed);
    expect(again).toBe(seed);
    expect(next).not.toBe(seed);
  });

  test("is told the round's own learning rate, and no schedule that it would have to know", async () => {
    const jobFolder = newJobFolder();
    const schedule = { kind: "step", everyRounds: 1, factor: 0.5 } as const;
    const job = jobOn("none");

    await writeTrainingJob(jobFolder, {
      ...job,
      hyperparameters: { ...job.hyperparameters, learningRate: 0.8, schedule },
    });

    const { training } = JSON.parse(await readFile(join(jobFolder, "job.json"), "utf8"));
    expect(training).toEqual({ ...job.hyperparameters, learningRate: 0.1 });
  });

  test("shows its last messages when it fails", async () => {
    const failing = runProgram('console.error("no such column: age"); process.exit(3);');

    await expect(failing).rejects.toMatchObject({
      code: "CW3301",
      message: expect.stringContaining("no such column: age"),
      details: { code: 3, messages: "no such column: age\n" },
    });
  });

  test.each([
    ["on standard error", "console.log('{}'); console.error('no column'); console.error('at 3');"],
    ["on standard output, when it says nothing else", "console.log('no column\\nat 3');"],
  ])("leaves what it said %s in the job folder, and the error says where", async (_, source) => {
    const failed = await runProgram(`${source} process.exitCode = 1;`).catch((error) => error);

    const path = /the end of what it said is in (.*)$/.exec(failed.message)?.[1] as string;
    expect(await readFile(path, "utf8")).toBe("no column\nat 3\n");
    expect(failed.message).toContain(" ended with 1: at 3;");
  });

  test("leaves no messages of an earlier run", async () => {
    const jobFolder = newJobFolder();
    await writeTrainingJob(jobFolder, jobOn("none"));
    await writeFile(join(jobFolder, "messages.txt"), "of an earlier run");

    await runExternalTrainer({ ...limits, command: `${node} -e 0`, jobFolder });

    expect(await readdir(jobFolder)).not.toContain("messages.txt");
  });

  test("that gives back what it was given has trained nothing, and that is said", async () => {
    const source = `${node} -e "fs.copyFileSync('model.safetensors', 'output/model.safetensors')"`;
    const idle = trainExternally({
      ...limits,
      command: source,
      jobFolder: newJobFolder(),
      job: jobOn("none"),
    });

    await expect(idle).rejects.toMatchObject({
      code: "CW3304",
      message: expect.stringContaining("nothing was trained"),
    });
  });

  test("that throws is told by its error, not by what Node.js prints below it", async () => {
    const failing = runProgram('import "node:fs"; throw new TypeError("my own bug");');

    await expect(failing).rejects.toMatchObject({
      code: "CW3301",
      message: expect.stringMatching(/ ended with 1: TypeError: my own bug; /),
    });
  });

  test("is ended with its children when it runs past its time", async () => {
    const marker = join(folder, "still-alive");
    const child = `setTimeout(() => fs.writeFileSync(${JSON.stringify(marker)}, ""), 2500); setInterval(() => {}, 100);`;
    const source = `import { spawn } from "node:child_process";
      process.on("SIGTERM", () => {});
      spawn(process.execPath, ["-e", ${JSON.stringify(`const fs = require("fs"); ${child}`)}], { stdio: "ignore" });
      setInterval(() => {}, 100);`;

    await expect(runProgram(source, { timeoutMs: 700 })).rejects.toMatchObject({ code: "CW3302" });

    // The program ignored the polite signal, so this ran until the hard one; its child got both.
    await expect(readFile(marker)).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("is ended when it takes more memory than allowed", async () => {
    const source = "globalThis.kept = Buffer.alloc(300e6, 1); setInterval(() => {}, 100);";

    await expect(runProgram(source, { memoryMb: 200 })).rejects.toMatchObject({ code: "CW3303" });
  });

  test("is ended when the round is cancelled", async () => {
    const controller = new AbortController();
    const running = runProgram(
      'console.log(\'{"step":1,"steps":9,"loss":1}\'); setInterval(() => {}, 100);',
      {
        signal: controller.signal,
        onProgress: () => controller.abort(),
      },
    );

    await expect(running).rejects.toMatchObject({ code: "CW3006" });
  });

  test("does not keep us waiting for children that it left behind", async () => {
    const source = `import { spawn } from "node:child_process";
      spawn(process.execPath, ["-e", "setInterval(() => {}, 100)"], { stdio: "inherit" }).unref();
      process.exit(0);`;

    await expect(runProgram(source, { timeoutMs: 15_000 })).resolves.toBeTypeOf("string");
  });

  test("does not see our environment", async () => {
    process.env.COMMONWEIGHT_TEST_SECRET = "key";

    const running = runProgram("if (process.env.COMMONWEIGHT_TEST_SECRET) process.exit(1);");

    await expect(running).resolves.toBeTypeOf("string");
    delete process.env.COMMONWEIGHT_TEST_SECRET;
  });
});

describe("what a program prints", () => {
  test("moves the progress bar in whole lines, however they arrive, and may be anything else", async () => {
    const losses: number[] = [];
    const source = `
      const say = (text) => new Promise((resolve) => process.stdout.write(text, resolve));
      await say('{"step":1,"steps":3,');
      await new Promise((resolve) => setTimeout(resolve, 50));
      await say('"loss":0.5}\\nnot json\\n{"step":"x"}\\n');
      await say('{"step":2,"steps":3,"loss":9,"note":"' + "x".repeat(2000) + '"}\\n');
      await say('{"step":3,"steps":3,"loss":0.25}\\n');
    `;

    await runProgram(source, { onProgress: ({ loss }: { loss: number }) => losses.push(loss) });

    expect(losses).toEqual([0.5, 0.25]);
  });

  test("is not kept, even when no line of it ever ends: it would fill the worker's memory", async () => {
    // More than the longest string there can be.
    const source = `
      const piece = Buffer.alloc(1 << 22, "x");
      for (let i = 0; i < 136; i++) await new Promise((resolve) => process.stdout.write(piece, resolve));
    `;
    const before = process.memoryUsage().rss;

    await runProgram(source, { onProgress: () => {} });

    expect(process.memoryUsage().rss - before).toBeLessThan(400e6);
  });
});

describe("readTrainingResult", () => {
  async function resultOf(bytes: Uint8Array | null, metrics = "{}") {
    const jobFolder = newJobFolder();
    await writeTrainingJob(jobFolder, jobOn("none"));
    await mkdir(join(jobFolder, "output"));
    if (bytes) await writeFile(join(jobFolder, "output/model.safetensors"), bytes);
    await writeFile(join(jobFolder, "output/metrics.json"), metrics);
    return readTrainingResult(jobFolder, model);
  }
  const good = encodeModel(model, parameters);

  test("reads back what encodeModel wrote and keeps only finite numbers of the metrics", async () => {
    const result = await resultOf(good, '{"loss":0.5,"note":"x","bad":null}');

    expect(result).toEqual({ parameters, metrics: { loss: 0.5 } });
  });

  test.each([
    ["nothing", null],
    ["a cut file", good.subarray(0, good.length - 4)],
    ["not safetensors", new TextEncoder().encode("hello world, hello world")],
    [
      "another model",
      encodeModel(logisticRegression({ features: 3, classes: 2 }), new Float32Array(8)),
    ],
    [
      "numbers that are not finite",
      encodeModel(
        model,
        parameters.map(() => Number.NaN),
      ),
    ],
    ["far too many bytes", new Uint8Array(6_000_000)],
  ])("refuses %s", async (_, bytes) => {
    await expect(resultOf(bytes)).rejects.toMatchObject({ code: "CW3304" });
  });

  test("says what it found instead: a file of another name, or what torch.save and numpy write", async () => {
    const jobFolder = newJobFolder();
    await writeTrainingJob(jobFolder, jobOn("none"));
    await mkdir(join(jobFolder, "output"));
    await writeFile(join(jobFolder, "output/model.pt"), "");
    const zip = Uint8Array.of(0x50, 0x4b, 3, 4, ...new Uint8Array(30));

    await expect(readTrainingResult(jobFolder, model)).rejects.toThrow(
      "wrote no output/model.safetensors; in that folder is model.pt",
    );
    await expect(resultOf(zip)).rejects.toThrow(/is a ZIP archive, as torch.save .* writes? it/);
    const pickle = Uint8Array.of(0x80, 4, 0x95, ...new Uint8Array(30));
    await expect(resultOf(pickle)).rejects.toThrow("is a pickle, as old versions of torch.save");
  });

  test("says what else it found: its input changed, a file beside it, or tensors of other names", async () => {
    const jobFolder = newJobFolder();
    const description = join(jobFolder, "job.json");
    const result = () => readTrainingResult(jobFolder, model);
    await writeTrainingJob(jobFolder, jobOn("none"));

    await expect(result()).rejects.toThrow(/wrote no output\/model.safetensors$/);
    await writeFile(join(jobFolder, "best.pt"), "");
    await expect(result()).rejects.toThrow("; in the job folder is best.pt");
    await utimes(description, 1, 1);
    await expect(result()).rejects.toThrow("; it changed model.safetensors, which is its input");
    const prefixed = { kind: "tensors", tensors: [{ name: "module.layers.0.weight", shape: [6] }] };
    await expect(resultOf(encodeModel(prefixed as ModelSpec, parameters))).rejects.toThrow(
      "tensor layers.0.weight is missing; there is module.layers.0.weight",
    );
  });

  test("takes no header for a pickle because its length begins like one", async () => {
    const start = 8 + Number(Buffer.from(good).readBigUInt64LE(0));
    const header = new TextDecoder().decode(good.subarray(8, start)).padEnd(0x180);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    const padded = Buffer.concat([length, Buffer.from(header), good.subarray(start)]);

    expect(padded[0]).toBe(0x80);
    expect((await resultOf(padded)).parameters).toEqual(parameters);
  });

  test.each([
    ["no JSON", "{"],
    ["Python's NaN", '{"loss": NaN}'],
    ["too long", `{"loss": ${"1".repeat(70_000)}}`],
    ["no object", "null"],
  ])("loses no round because the metrics are %s", async (_, metrics) => {
    expect(await resultOf(good, metrics)).toEqual({ parameters, metrics: {} });
  });

  test("refuses a link instead of a file", async () => {
    const jobFolder = newJobFolder();
    await writeTrainingJob(jobFolder, jobOn("none"));
    await mkdir(join(jobFolder, "output"));
    await symlink(
      join(jobFolder, "model.safetensors"),
      join(jobFolder, "output/model.safetensors"),
    );

    await expect(readTrainingResult(jobFolder, model)).rejects.toMatchObject({ code: "CW3304" });
  });
});
