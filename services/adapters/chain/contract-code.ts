import { dataSlice, getAddress, keccak256 } from "ethers";
import { isSameAddress } from "../../protocol/address.ts";
import type { AtBlock } from "./at-block.ts";
import type { Chain } from "./connect.ts";
import { toChainError } from "./errors.ts";
import { runtimeCode } from "./generated/runtime-code.ts";

/** What is published of a contract's code. */
interface PublishedCode {
  readonly hash: string;
  readonly ownAddress: readonly number[];
  readonly immutables: readonly (readonly number[])[];
  readonly libraries: Readonly<Record<string, readonly number[]>>;
}

/** What the chain has where a market says that its contracts are. */
export interface MarketCode {
  /** How many contracts, libraries included, were compared. */
  readonly compared: number;
  /** The first thing that is not as published; undefined when all is. */
  readonly problem: string | undefined;
}

const published: Readonly<Record<string, PublishedCode>> = runtimeCode;

/**
 * Compares the code of a market's contracts, and of the libraries that they call, with that of this release, and whether vault and
 * registry obey this market. What deploying fills in is left out of the comparison and looked at by itself.
 *
 * @throws CW2200 when the chain is away.
 */
export async function readMarketCode(
  { provider, addresses }: Pick<Chain, "provider" | "addresses">,
  { blockTag }: AtBlock = {},
): Promise<MarketCode> {
  const { market, vault, registry, verifier } = addresses;
  const wanted: { name: string; address: string }[] = [
    { name: "TrainingMarket", address: market },
    { name: "RewardVault", address: vault },
    { name: "ParticipantRegistry", address: registry },
    { name: "RoundVerifier", address: verifier },
  ];
  const seen = new Set<string>();
  let compared = 0;
  for (const { name, address } of wanted) {
    if (seen.has(`${name} ${address}`)) continue;
    seen.add(`${name} ${address}`);
    const code = await provider.getCode(address, blockTag).catch((cause: unknown) => {
      throw toChainError(cause, `reading the code of ${name}`);
    });
    const expected = published[name] as PublishedCode;
    const found = compareCode(code, expected, address);
    const where = `${name} at ${address}`;
    if (found === null) return { compared, problem: `the code of ${where} is not this release’s` };
    compared++;
    const owner = found.immutables[0];
    const obeys = name !== "RewardVault" && name !== "ParticipantRegistry";
    if (!obeys && (owner === undefined || !isSameAddress(wordAddress(owner), market))) {
      return { compared, problem: `${where} belongs to another market` };
    }
    for (const [library, at] of Object.entries(found.libraries)) {
      wanted.push({ name: library, address: at });
    }
  }
  return { compared, problem: undefined };
}

const wordAddress = (word: string) => getAddress(dataSlice(word, 12));

/** What deploying has put into a contract's code; null when the rest is not the published one, or is filled in differently in two places. */
export function compareCode(
  code: string,
  expected: PublishedCode,
  address: string,
): { readonly immutables: readonly string[]; readonly libraries: Record<string, string> } | null {
  let masked = code.toLowerCase();
  /** The one value of all these places. */
  const take = (places: readonly number[], bytes: number): string | undefined => {
    const values = new Set<string>();
    for (const start of places) {
      const [from, to] = [2 + 2 * start, 2 + 2 * (start + bytes)];
      values.add(`0x${masked.slice(from, to)}`);
      masked = `${masked.slice(0, from)}${"00".repeat(bytes)}${masked.slice(to)}`;
    }
    return values.size === 1 ? [...values][0] : undefined;
  };
  if (/^0x([0-9a-f]{2})+$/.test(masked) === false) return null;
  if (expected.ownAddress.length > 0) {
    const own = take(expected.ownAddress, 32);
    if (own === undefined || !isSameAddress(wordAddress(own), address)) return null;
  }
  const immutables = expected.immutables.map((places) => take(places, 32));
  const libraries = Object.entries(expected.libraries).map(
    ([name, places]) => [name, take(places, 20)] as const,
  );
  const isFilled = <T>(value: T | undefined): value is T => value !== undefined;
  if (!immutables.every(isFilled) || !libraries.every(([, at]) => isFilled(at))) return null;
  if (keccak256(masked) !== expected.hash) return null;
  return {
    immutables: immutables.filter(isFilled),
    libraries: Object.fromEntries(libraries.map(([name, at]) => [name, getAddress(at as string)])),
  };
}
