import type { Chain } from "../services/adapters/chain/connect.ts";
import { call, connectChain } from "../services/adapters/chain/connect.ts";
import { resolveAddresses } from "../services/adapters/chain/resolve-addresses.ts";
import { describeToken, type TokenDescription } from "../services/adapters/chain/tokens/token.ts";
import { readTokenUnit } from "../services/adapters/chain/tokens/token-unit.ts";
import type { TokenUnit } from "../services/protocol/market/token-amount.ts";
import { setupLabel } from "../services/protocol/setup-label.ts";
import { onceEach } from "./once-each.ts";
import type { WebSettings } from "./settings.ts";

/** What the market's verifier says about its own keys. */
export interface SetupLabel {
  /** True when the setup's secret is public: proofs under it prove nothing. */
  readonly isDevelopment: boolean;
  readonly label: string;
}

/** A market that can be read. */
export interface Connection {
  readonly chain: Chain;
  readonly settings: WebSettings;
  readonly setup: SetupLabel;
  /** Description of a token that somebody names. @throws CW2201 for what is none */
  readonly token: (address: string) => Promise<TokenDescription>;
  /** How amounts of a project's token are written. One that does not describe itself must not hide all other projects. */
  readonly unit: (address: string) => Promise<TokenUnit>;
}

/** Connects to the market of the settings, read only. @throws CW2200 and others of the chain adapter */
export async function openConnection(settings: WebSettings): Promise<Connection> {
  const { rpcUrl, compareUrls = [], market, deployBlock, wrappedNative } = settings;
  const nodes = { rpcUrl, compareUrls };
  const addresses = await resolveAddresses({ ...nodes, market, deployBlock, wrappedNative });
  const chain = await connectChain({ ...nodes, addresses });
  const [isDevelopment, description] = await Promise.all([
    call<boolean>(chain.verifier, "isDevelopmentSetup"),
    call<{ label: string }>(chain.verifier, "setupDescription"),
  ]);
  return {
    ...{ chain, settings, setup: { isDevelopment, label: setupLabel(description.label) } },
    token: onceEach((address) => describeToken(chain, address)),
    unit: onceEach((address) => readTokenUnit(chain, address)),
  };
}
