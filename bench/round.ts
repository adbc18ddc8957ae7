import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { defineBenchmark } from "./benchmark.ts";
import { count } from "./flags.ts";

/**
 * `npm run bench -- round --hidden 1258`: a perceptron on MNIST with that many hidden units (1258: 1,000,120 parameters), in a
 * process of its own because snarkjs and the chain leave threads behind.
 */
export const benchmark = defineBenchmark({
  title: "13 real updates of a model, committed, proven and verified on a local chain",
  flags: { hidden: count("units of the hidden layer; 1258 make 1,000,120 parameters", 1258) },
  async run(values) {
    const program = fileURLToPath(new URL("round/settle-round.ts", import.meta.url));
    const child = spawn(process.execPath, [program, String(values.hidden)], {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    if (code !== 0) throw new Error(`the round ended with ${code}`);
    if (values.json) process.stdout.write(`${output}\n`);
    else console.table(JSON.parse(output));
  },
});
