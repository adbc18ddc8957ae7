import { HDNodeWallet, Mnemonic } from "ethers";

/** An account of the embedded chain. Its key is known to everybody. */
export interface DevelopmentAccount {
  readonly address: string;
  readonly privateKey: string;
}

/** The first accounts of a development mnemonic, as Hardhat and anvil derive them. */
export function developmentAccounts(mnemonic: string, count: number): DevelopmentAccount[] {
  const parsed = Mnemonic.fromPhrase(mnemonic);
  return Array.from({ length: count }, (_, index) => {
    const { address, privateKey } = HDNodeWallet.fromMnemonic(parsed, `m/44'/60'/0'/0/${index}`);
    return { address, privateKey };
  });
}
