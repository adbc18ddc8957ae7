import { CommonweightError } from "../services/protocol/errors.ts";
import { webErrors } from "./errors.ts";

/** Where the page reads. Nothing of it is trusted with more than withholding. */
export interface WebSettings {
  readonly rpcUrl: string;
  /** Other nodes of the chain that have to give the same answers; from settings stored before there were any, undefined. */
  readonly compareUrls?: readonly string[] | undefined;
  readonly market: string;
  /** Base address of a trustless IPFS gateway. */
  readonly gateway: string;
  readonly deployBlock: number;
  /** The wrapper of the network's coin, as the server says; it is looked at before money goes there. */
  readonly wrappedNative?: string | undefined;
}

const STORAGE_KEY = "commonweight.settings";
const isAddress = (text: unknown): text is string =>
  typeof text === "string" && /^0x[0-9a-fA-F]{40}$/.test(text);

/** Why a text is no address of a server, or null. */
function urlProblem(text: string): string | null {
  try {
    const { protocol } = new URL(text);
    return protocol === "http:" || protocol === "https:" ? null : "must begin with http(s)://";
  } catch {
    return "is not an address like https://rpc.example";
  }
}

/** The first problem of each field. */
export function settingsProblems(
  settings: WebSettings,
): Partial<Record<keyof WebSettings, string>> {
  const rpcUrl = urlProblem(settings.rpcUrl);
  const gateway = urlProblem(settings.gateway);
  const compared = (settings.compareUrls ?? []).find((url) => urlProblem(url) !== null);
  return {
    ...(compared === undefined ? {} : { compareUrls: `${compared} ${urlProblem(compared)}` }),
    ...(rpcUrl === null ? {} : { rpcUrl }),
    ...(gateway === null ? {} : { gateway }),
    ...(isAddress(settings.market) ? {} : { market: "must be 0x and 40 hexadecimal digits" }),
    ...(Number.isSafeInteger(settings.deployBlock) && settings.deployBlock >= 0
      ? {}
      : { deployBlock: "must be a whole number" }),
  };
}

/** Keeps settings in this browser only. */
export function storeSettings(settings: WebSettings): void {
  localStorage.setItem(STORAGE_KEY, JSON.stringify(settings));
}

/** Forgets stored settings: the server's defaults apply again. */
export function forgetSettings(): void {
  localStorage.removeItem(STORAGE_KEY);
}

function storedSettings(): WebSettings | null {
  try {
    const stored = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "null") as WebSettings | null;
    return stored !== null && Object.keys(settingsProblems(stored)).length === 0 ? stored : null;
  } catch {
    return null;
  }
}

/**
 * Stored settings, or else what the server of this page says about its market.
 *
 * @throws CommonweightError CW7000 when there are neither.
 */
export async function loadSettings(): Promise<WebSettings> {
  const stored = storedSettings();
  if (stored !== null) return stored;
  const gateway = new URL(".", window.location.href).href.replace(/\/$/, "");
  try {
    const response = await fetch("/v1/market");
    const told = (await response.json()) as {
      rpcUrl: string;
      addresses: { market: string; deployBlock: number; wrappedNative?: unknown };
    };
    const { market, deployBlock, wrappedNative } = told.addresses;
    const settings = {
      ...{ rpcUrl: told.rpcUrl, market, gateway, deployBlock },
      wrappedNative: isAddress(wrappedNative) ? wrappedNative : undefined,
    };
    if (Object.keys(settingsProblems(settings)).length > 0) throw new TypeError("malformed answer");
    return settings;
  } catch (cause) {
    throw new CommonweightError(webErrors.noMarket, undefined, { cause });
  }
}
