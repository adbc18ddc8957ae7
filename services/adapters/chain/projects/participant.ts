import { type Chain, call, send } from "../connect.ts";

/** A participant as the registry has it. */
export interface Participant {
  readonly account: string;
  /** X25519 public key, 32 bytes of hex. */
  readonly encryptionKey: string;
  readonly payoutAddress: string;
  readonly pendingPayoutAddress: string;
  readonly payoutChangesAt: number;
  /** 0 to 65535, with decay. */
  readonly reliability: number;
  readonly registeredAt: number;
  /** Base URL of an aggregator's service; empty for trainers. */
  readonly endpoint: string;
}

function toParticipant(raw: Record<string, unknown>): Participant {
  return {
    account: String(raw.account),
    encryptionKey: String(raw.encryptionKey),
    payoutAddress: String(raw.payoutAddress),
    pendingPayoutAddress: String(raw.pendingPayoutAddress),
    payoutChangesAt: Number(raw.payoutChangesAt),
    reliability: Number(raw.reliability),
    registeredAt: Number(raw.registeredAt),
    endpoint: String(raw.endpoint),
  };
}

/** A participant; `registeredAt` is 0 when the account is not registered. */
export async function readParticipant(chain: Chain, account: string): Promise<Participant> {
  return toParticipant(await call(chain.registry, "getParticipant", account));
}

/** Participants in order of registration. */
export async function readParticipants(
  chain: Chain,
  offset: number,
  limit: number,
): Promise<Participant[]> {
  const raw = await call<Record<string, unknown>[]>(
    chain.registry,
    "getParticipants",
    offset,
    limit,
  );
  return [...raw].map(toParticipant);
}

/** Registers this account. */
export const registerParticipant = (
  chain: Chain,
  participant: { encryptionKey: string; payoutAddress: string; endpoint: string },
) =>
  send(chain, chain.registry, "register", [
    participant.encryptionKey,
    participant.payoutAddress,
    participant.endpoint,
  ]);

/** Changes this account's endpoint. */
export const setEndpoint = (chain: Chain, endpoint: string) =>
  send(chain, chain.registry, "setEndpoint", [endpoint]);

/** Changes this account's encryption key. */
export const setEncryptionKey = (chain: Chain, encryptionKey: string) =>
  send(chain, chain.registry, "setEncryptionKey", [encryptionKey]);

/** What the vault keeps for a payee whose transfer failed. */
export const readClaim = (chain: Chain, token: string, payee: string) =>
  call<bigint>(chain.vault, "claimOf", token, payee);

/** Withdraws what the vault keeps for this account. */
export const withdrawClaim = (chain: Chain, token: string, to: string) =>
  send(chain, chain.vault, "withdraw", [token, to]);
