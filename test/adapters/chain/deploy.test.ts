import { Contract, JsonRpcProvider, NonceManager, type Signer } from "ethers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { deployMarket, deploymentJson } from "../../../services/adapters/chain/deploy.ts";
import { participantRegistryAbi } from "../../../services/adapters/chain/generated/participant-registry.ts";
import { rewardVaultAbi } from "../../../services/adapters/chain/generated/reward-vault.ts";
import { trainingMarketAbi } from "../../../services/adapters/chain/generated/training-market.ts";
import {
  type EmbeddedChain,
  startEmbeddedChain,
} from "../../../services/adapters/embedded-chain.ts";

const someVerifier = "0x00000000000000000000000000000000000000aa";
let chain: EmbeddedChain;
let provider: JsonRpcProvider;
let signer: Signer;

beforeAll(async () => {
  chain = await startEmbeddedChain({ accountCount: 2 });
  provider = new JsonRpcProvider(chain.rpcUrl, undefined, {
    cacheTimeout: -1,
    pollingInterval: 50,
  });
  signer = await provider.getSigner(0);
});

afterAll(async () => {
  provider.destroy();
  await chain.stop();
});

it("deploys contracts that know each other, though none has a setter", async () => {
  const seen: string[] = [];

  const deployment = await deployMarket({
    signer,
    verifier: { address: someVerifier },
    onProgress: (name) => seen.push(name),
  });

  const { addresses } = deployment;
  const market = new Contract(addresses.market, trainingMarketAbi, provider);
  const vault = new Contract(addresses.vault, rewardVaultAbi, provider);
  const registry = new Contract(addresses.registry, participantRegistryAbi, provider);
  expect(await market.getFunction("vault")()).toBe(addresses.vault);
  expect(await market.getFunction("registry")()).toBe(addresses.registry);
  expect((await market.getFunction("verifier")()).toLowerCase()).toBe(someVerifier);
  expect(await vault.getFunction("market")()).toBe(addresses.market);
  expect(await registry.getFunction("market")()).toBe(addresses.market);
  expect(seen.at(-1)).toBe("TrainingMarket");
  expect(JSON.parse(deploymentJson(deployment)).contracts.RewardVault).toEqual({
    address: addresses.vault,
    constructorArguments: [addresses.market],
  });
});

it("keeps every contract below the size that chains accept", async () => {
  const { contracts } = await deployMarket({ signer, verifier: { address: someVerifier } });

  for (const [name, { address }] of Object.entries(contracts)) {
    const code = await provider.getCode(address);
    expect(code.length / 2 - 1, name).toBeGreaterThan(100);
    expect(code.length / 2 - 1, name).toBeLessThanOrEqual(24_576);
  }
});

it("fails rather than leaving a market that vault and registry do not know", async () => {
  const managed = new NonceManager(signer);
  const deploying = deployMarket({
    signer: managed,
    verifier: { address: someVerifier },
    // A foreign transaction between registry and vault moves the market to another address.
    onProgress: (name) => {
      if (name === "ParticipantRegistry") void managed.sendTransaction({ to: someVerifier });
    },
  });

  await expect(deploying).rejects.toMatchObject({ code: "CW2201" });
});
