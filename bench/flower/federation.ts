import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Program, startProgram } from "./program.ts";

/**
 * How Flower runs a federation: deployed, with a SuperLink and a SuperNode for each trainer, each a process; or simulated, with all
 * trainers in workers of its simulation engine.
 */
export const FLOWER_RUNTIMES = ["deployment", "simulation"] as const;
export type FlowerRuntime = (typeof FLOWER_RUNTIMES)[number];

/** A Flower federation that waits for a job. */
export interface Federation {
  /** Runs the app of this folder until it has ended. */
  run(): Promise<void>;
  stop(): Promise<void>;
}

const APP = fileURLToPath(new URL("app", import.meta.url));

/**
 * Starts the programs of a Flower installation, as its documentation says for either runtime, on loopback and without TLS; settles
 * when every node is there.
 *
 * @param python The interpreter of the environment in which Flower is installed; its programs are beside it.
 * @param folder Where the job and the samples are, and where Flower's own state goes.
 * @throws {Error} when one of the programs ends, with the end of its output
 */
export async function startFederation({
  runtime,
  python,
  folder,
  trainers,
}: {
  readonly runtime: FlowerRuntime;
  readonly python: string;
  readonly folder: string;
  readonly trainers: number;
}): Promise<Federation> {
  const programs: Program[] = [];
  const bin = dirname(python);
  const env = {
    ...process.env,
    ...{ PATH: `${bin}:${process.env.PATH}`, FLWR_HOME: folder, FLWR_TELEMETRY_ENABLED: "0" },
    // The app is packed as it lies here, and stays as it is.
    PYTHONDONTWRITEBYTECODE: "1",
    // There are more trainers than cores: threads within them would only stand in each other's way.
    OPENBLAS_NUM_THREADS: "1",
  };
  const start = (program: string, args: readonly string[]) => {
    const started = startProgram(join(bin, program), args, { cwd: folder, env });
    programs.push(started);
    return started;
  };
  const stop = async () => {
    await Promise.all(programs.map((program) => program.stop()));
  };
  try {
    const [linkPort, ...nodePorts] = await freePorts(trainers + 1);
    const address = `127.0.0.1:${linkPort}`;
    const link = start("flower-superlink", [
      ...["--insecure", "--disable-runtime-dependency-installation", "--port", String(linkPort)],
      ...(runtime === "simulation" ? ["--simulation"] : []),
    ]);
    await link.shown(/running on http/);
    for (const [trainer, port] of runtime === "simulation" ? [] : nodePorts.entries()) {
      start("flower-supernode", [
        ...["--insecure", "--superlink", address, "--port", String(port)],
        ...["--node-config", `partition-id=${trainer}`],
      ]);
    }
    if (runtime === "deployment") await link.shown(/Activated node_id/, trainers);
    writeConnection(folder, address);
    const runArgs = [
      ...["run", APP, "bench", "--stream", "--run-config", `folder="${folder}"`],
      ...(runtime === "simulation"
        ? ["--federation-config", `num-supernodes=${trainers} client-resources-num-cpus=1`]
        : []),
    ];
    return { stop, run: () => start("flwr", runArgs).ended };
  } catch (error) {
    await stop();
    throw error;
  }
}

function writeConnection(home: string, address: string): void {
  const lines = ["[superlink]", 'default = "bench"', "[superlink.bench]"];
  lines.push(`address = "${address}"`, "insecure = true", "");
  writeFileSync(join(home, "config.toml"), lines.join("\n"));
}

/** Ports that nobody listened on a moment ago. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports: number[] = [];
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    ports.push((server.address() as { readonly port: number }).port);
  }
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return ports;
}
