import { defineBenchmark } from "./benchmark.ts";
import { openFfjavascript } from "./curve/ffjavascript.ts";
import { openGnarkCrypto } from "./curve/gnark-crypto.ts";
import { measureOperations } from "./curve/measure-operations.ts";
import { openOwnCurve } from "./curve/own-curve.ts";
import { count, file } from "./flags.ts";

/**
 * `npm run bench -- curve [--params 131072] [--runs 4] [--go go] [--json]`: the operations that a Gram proof is made of, on one thread,
 * beside libraries that others use. Fails when two of them get different results.
 */
export const benchmark = defineBenchmark({
  title: "commitments and autocorrelation beside other libraries (CPU seconds of one thread)",
  flags: {
    params: count("entries of the vectors", 2 ** 17),
    runs: count("runs of each, of which the fastest counts", 4),
    go: file("the program go; builds gnark-crypto, which is left out without it"),
  },
  async run({ params, runs, go, json }) {
    await using closing = new AsyncDisposableStack();
    const contestants = [
      closing.use(await openOwnCurve(params)),
      closing.use(await openFfjavascript(params)),
      ...(go === undefined ? [] : [closing.use(await openGnarkCrypto(params, go))]),
    ];
    const operations = await measureOperations(contestants, runs);
    if (json) {
      process.stdout.write(`${JSON.stringify({ params, runs, operations }, null, 2)}\n`);
    } else {
      console.table(
        Object.fromEntries(operations.map(({ operation, cpuSeconds }) => [operation, cpuSeconds])),
      );
    }
  },
});
