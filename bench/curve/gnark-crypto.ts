import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { UsageError } from "../../scripts/script-arguments.ts";
import { DEVELOPMENT_TAU } from "../../services/adapters/curve/development-tau.ts";
import type { Contestant } from "./operation.ts";

const SOURCES = fileURLToPath(new URL("gnark/", import.meta.url));

/**
 * gnark-crypto (Botrel et al.), a library in Go and assembly, over the same powers of tau, which its program makes itself from their
 * public secret.
 *
 * @param go The program `go`, which builds it from the pinned module.
 * @throws {UsageError} when it cannot be built.
 */
export async function openGnarkCrypto(length: number, go: string): Promise<Contestant> {
  const folder = mkdtempSync(join(tmpdir(), "commonweight-gnark-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const program = join(folder, "gnark");
  try {
    execFileSync(go, ["build", "-mod=readonly", "-o", program, "."], {
      ...{ cwd: SOURCES, stdio: ["ignore", "ignore", "inherit"] },
    });
  } catch (error) {
    remove();
    throw new UsageError(`--go ${go} does not build bench/curve/gnark: ${String(error)}`);
  }
  const child = spawn(program, [String(length), String(DEVELOPMENT_TAU)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    name: "gnark-crypto",
    async measure(operation) {
      child.stdin.write(`${operation}\n`);
      const { done, value } = await lines.next();
      if (done) throw new Error("gnark-crypto's program has ended");
      const { cpuSeconds, x, y } = JSON.parse(value) as Record<"x" | "y", string> & {
        cpuSeconds: number;
      };
      return { cpuSeconds, point: { x: BigInt(x), y: BigInt(y) } };
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await ended;
      remove();
    },
  };
}
