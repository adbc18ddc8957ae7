import { Interface, type Result } from "ethers";
import type { Route } from "playwright-core";
import { rewardVaultAbi } from "../../services/adapters/chain/generated/reward-vault.ts";
import { trainingMarketAbi } from "../../services/adapters/chain/generated/training-market.ts";

const market = new Interface(trainingMarketAbi);
const vault = new Interface(rewardVaultAbi);

type Json = Record<string, unknown>;
// biome-ignore lint/suspicious/noExplicitAny: decoded ABI values, changed in place by each test
type Values = any[];

/** Answers of a node, with every value in them handed to `change`. */
async function answerChanged(route: Route, change: (value: Json) => void): Promise<void> {
  // The page itself may lie at the same address as a node's: only a question to a node is a POST.
  if (route.request().method() !== "POST") return route.fallback();
  const response = await route.fetch();
  const body = JSON.parse(await response.text()) as unknown;
  const walk = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if (!Array.isArray(value)) change(value as Json);
    for (const each of Object.values(value)) walk(each);
  };
  walk(body);
  await route.fulfill({ response, body: JSON.stringify(body) });
}

/** A node that tells another settlement than was sent. */
export const changedSettlement = (change: (request: Values) => void) => (route: Route) =>
  answerChanged(route, (value) => {
    if (typeof value.input !== "string") return;
    const parsed = market.parseTransaction({ data: value.input });
    if (parsed?.name !== "settleRound") return;
    const args = parsed.args.toArray(true) as Values;
    change(args[0]);
    value.input = market.encodeFunctionData("settleRound", args);
  });

type Change = (values: Values, names: string[]) => void;

const changedEventOf = (contract: Interface, name: string, change: Change) => (route: Route) =>
  answerChanged(route, (value) => {
    if (!Array.isArray(value.topics) || typeof value.data !== "string") return;
    const parsed = contract.parseLog({ topics: value.topics as string[], data: value.data });
    if (parsed?.name !== name) return;
    const values = (parsed.args as Result).toArray(true) as Values;
    change(
      values,
      parsed.fragment.inputs.map((input) => input.name),
    );
    const encoded = contract.encodeEventLog(name, values);
    value.data = encoded.data;
    value.topics = encoded.topics;
  });

/** A node that tells another event than the market emitted. */
export const changedEvent = (name: string, change: Change) => changedEventOf(market, name, change);

/** A node that tells another event than the vault emitted. */
export const changedVaultEvent = (name: string, change: Change) =>
  changedEventOf(vault, name, change);
