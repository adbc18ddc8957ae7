import { Contract, Signature, TypedDataEncoder } from "ethers";
import { CommonweightError } from "../../../protocol/errors.ts";
import type { Chain } from "../connect.ts";
import { chainErrors, isChainUnreachable, toChainError } from "../errors.ts";

/** A token owner's signed leave for the vault to take an amount (ERC-2612). It costs no transaction of its own. */
export interface VaultPermit {
  readonly token: string;
  readonly amountWei: bigint;
  /** Unix seconds. */
  readonly deadline: bigint;
  readonly v: number;
  readonly r: string;
  readonly s: string;
}

const permitAbi = [
  "function name() view returns (string)",
  "function nonces(address owner) view returns (uint256)",
  "function DOMAIN_SEPARATOR() view returns (bytes32)",
  "function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)",
];

const permitTypes = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};

/** What a wallet signs for a permit; undefined for tokens without permits, or with a domain of their own. */
export interface PermitDomain {
  readonly name: string;
  readonly version: string;
  readonly chainId: bigint;
  readonly verifyingContract: string;
}

/** The domain of a token's permits, compared with the token's own separator: a wrong guess would be a useless signature. */
export async function readPermitDomain(
  chain: Chain,
  token: string,
): Promise<PermitDomain | undefined> {
  const contract = new Contract(token, permitAbi, chain.provider);
  try {
    const [name, separator] = (await Promise.all([
      contract.getFunction("name").staticCall(),
      contract.getFunction("DOMAIN_SEPARATOR").staticCall(),
    ])) as [string, string];
    const domains = ["1", "2"].map((version) => ({
      ...{ name, version, chainId: chain.chainId },
      verifyingContract: token,
    }));
    return domains.find((domain) => TypedDataEncoder.hashDomain(domain) === separator);
  } catch (cause) {
    const error = toChainError(cause, "reading the token's permit domain");
    if (isChainUnreachable(error)) throw error;
    return undefined;
  }
}

/** Asks this connection's signer for a permit of `amountWei` to the vault. @throws CW2204 without a signer */
export async function signPermit(
  chain: Chain,
  domain: PermitDomain,
  { amountWei, deadline }: { amountWei: bigint; deadline: bigint },
): Promise<VaultPermit> {
  const { signer, account } = chain;
  if (signer === undefined) throw new CommonweightError(chainErrors.noSigner, "signing a permit");
  const token = domain.verifyingContract;
  const nonce = await new Contract(token, permitAbi, chain.provider)
    .getFunction("nonces")
    .staticCall(account)
    .catch((cause: unknown) => {
      throw toChainError(cause, "nonces");
    });
  const message = {
    ...{ owner: account, spender: chain.addresses.vault },
    ...{ value: amountWei, nonce, deadline },
  };
  const signature = await signer.signTypedData({ ...domain }, permitTypes, message);
  const { v, r, s } = Signature.from(signature);
  return { token, amountWei, deadline, v, r, s };
}

/**
 * Whether the token takes a permit, as the chain is now: some have the same domain and a `permit` of another kind. The market's own
 * call would not say so, since somebody else may have used the permit first.
 */
export async function isPermitTaken(chain: Chain, permit: VaultPermit): Promise<boolean> {
  const { token, amountWei, deadline, v, r, s } = permit;
  const { account, addresses } = chain;
  try {
    await new Contract(token, permitAbi, chain.provider)
      .getFunction("permit")
      .staticCall(account, addresses.vault, amountWei, deadline, v, r, s);
    return true;
  } catch (cause) {
    const error = toChainError(cause, "trying the token's permit");
    if (isChainUnreachable(error)) throw error;
    return false;
  }
}
