import { Wallet } from "ethers";
import { beforeAll, describe, expect, it } from "vitest";
import type { EvaluationBody } from "../../../services/protocol/market/api.ts";
import { evaluationMessage } from "../../../services/protocol/market/signed-messages.ts";
import { checkEvaluations } from "../../../web/project/check-evaluations.ts";

const referee = new Wallet(`0x${"11".repeat(32)}`);
const stranger = new Wallet(`0x${"22".repeat(32)}`);
const context = { chainId: 31_337n, market: `0x${"ab".repeat(20)}`, projectId: 3n };
const models = [
  { version: 0, cid: "bafkreia" },
  { version: 1, cid: "bafkreib" },
];
const subject = { ...context, referee: referee.address.toLowerCase(), models };

async function signed(
  change: Partial<EvaluationBody> = {},
  signer = referee,
  where = context,
): Promise<EvaluationBody> {
  const { signature: _, ...evaluation } = {
    ...{ version: 1, modelCid: "bafkreib", accuracyMillionths: 834_000, lossMillionths: 585_100 },
    ...{ samples: 2000, signature: "" },
    ...change,
  };
  const { domain, types, message } = evaluationMessage(where, evaluation);
  const signature = await signer.signTypedData(
    domain,
    types as Parameters<Wallet["signTypedData"]>[1],
    message,
  );
  return { ...evaluation, signature };
}

describe("the page's check of a referee's claims", () => {
  let honest: EvaluationBody;
  beforeAll(async () => {
    honest = await signed();
  });
  const problem = (evaluation: EvaluationBody) =>
    checkEvaluations([evaluation], subject)[0]?.problem;

  it("takes what the referee signed for a model of the chain", () => {
    expect(checkEvaluations([honest], subject)).toEqual([
      { version: 1, accuracy: 0.834, loss: 0.5851, samples: 2000, problem: null },
    ]);
  });

  it("sorts claims by model, whatever order a server likes", async () => {
    const initial = await signed({ version: 0, modelCid: "bafkreia" });

    const versions = checkEvaluations([honest, initial], subject).map(({ version }) => version);

    expect(versions).toEqual([0, 1]);
  });

  it.each<[string, Partial<EvaluationBody>]>([
    ["a better accuracy", { accuracyMillionths: 999_000 }],
    ["a smaller loss", { lossMillionths: 1 }],
    ["more samples", { samples: 1_000_000 }],
    ["no signature at all", { signature: "0x" }],
    ["a signature of zeros", { signature: `0x${"00".repeat(65)}` }],
  ])("refuses %s than was signed", (_, change) => {
    expect(problem({ ...honest, ...change })).toBe("the referee did not sign it");
  });

  it("refuses a stranger's claim", async () => {
    expect(problem(await signed({}, stranger))).toBe("the referee did not sign it");
  });

  it.each([
    { ...context, projectId: 4n },
    { ...context, chainId: 1n },
    { ...context, market: `0x${"cd".repeat(20)}` },
  ])("refuses what the referee signed elsewhere", async (elsewhere) => {
    expect(problem(await signed({}, referee, elsewhere))).toBe("the referee did not sign it");
  });

  it("refuses a claim about a model that is not the chain's", async () => {
    expect(problem(await signed({ modelCid: "bafkreic" }))).toMatch(/another file/);
  });

  it("says nothing of a model that was made after the chain was read", async () => {
    expect(checkEvaluations([await signed({ version: 2 })], subject)).toEqual([]);
    const { models } = subject;
    const gap = { ...subject, models: models.map((each) => ({ ...each, version: 5 })) };
    expect(checkEvaluations([honest], gap)[0]?.problem).toMatch(/no such model/);
  });

  it("shows one claim a model", async () => {
    const other = await signed({ accuracyMillionths: 1 });

    const problems = checkEvaluations([honest, other], subject).map((each) => each.problem);

    expect(problems).toEqual([null, "a second claim about the same model"]);
  });
});
