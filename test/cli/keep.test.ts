import { afterAll, beforeAll, expect, it } from "vitest";
import { readProject } from "../../services/adapters/chain/projects/project.ts";
import {
  leaveProject,
  readTrainer,
} from "../../services/adapters/chain/projects/project-trainer.ts";
import { exitCodes } from "../../services/command-line/exit-codes.ts";
import { commandLine } from "./command-line.ts";
import { type PlayedMarket, startPlayedMarket } from "./played-market.ts";

let market: PlayedMarket;
beforeAll(async () => {
  market = await startPlayedMarket();
});
afterAll(() => market?.stop());

async function keep(words: string, as?: string) {
  const written = await commandLine(["keep", ...words.split(" ")], {
    folder: market.folder,
    environment: as === undefined ? {} : { COMMONWEIGHT_PRIVATE_KEY: market.privateKeyOf(as) },
  });
  return { ...written, lines: written.stdout.trimEnd().split("\n") };
}
const jump = async (seconds: number) => {
  const { provider } = market.of("owner");
  await provider.send("evm_increaseTime", [seconds]);
  await provider.send("evm_mine", []);
};

it("a project that nobody serves any more is ended by anybody, who pays out everybody on the way", async () => {
  const leaver = market.of("trainer-3");
  expect((await keep("1 --dry-run")).stdout).toBe("there is nothing to do for project 1 (idle)\n");
  await market.openNext();
  await leaveProject(leaver, 1n);
  expect((await keep("1 --dry-run")).stdout).toMatch(
    /nothing to do.*\n0x\w+ {2}wait: leaving, and in round 0/,
  );

  await jump(100_000);
  expect((await keep("1 --dry-run")).stdout).toMatch(
    /^the project {2}move on: round 0 was not settled/,
  );
  const refused = await keep("1", "stranger");
  expect(refused).toMatchObject({
    exitCode: exitCodes.refused,
    stderr: expect.stringMatching("CW6500"),
  });

  const kept = await keep("1 --yes --json", "stranger");
  expect(kept.exitCode, kept.stderr).toBe(exitCodes.success);
  const [poked, paid, finished] = kept.lines.map((line) => JSON.parse(line));
  expect(poked).toMatchObject({ type: "step", kind: "poke", trainer: null });
  expect(paid).toMatchObject({ type: "step", kind: "pay-out", trainer: leaver.account });
  expect(finished).toMatchObject({ type: "finished", isDone: true, phase: "idle" });
  expect(finished.waiting).toHaveLength(2);
  expect((await readTrainer(leaver, 1n, leaver.account as string)).status).toBe("left");

  await jump(100_000);
  const owner = market.of("owner");
  const ended = await keep("1 --yes --watch 1", "stranger");
  expect(ended.stdout).toMatch(/project 1 moved on\nproject 1 is ended; 1 transaction sent\n$/);
  expect(await readProject(owner, 1n)).toMatchObject({ phase: "ended", escrowWei: 0n });
  expect((await keep("1 --yes", "stranger")).stdout).toContain(
    "nothing to do for project 1 (ended)",
  );
});
