import { describe, expect, it } from "vitest";
import { contentStoreErrors } from "../../../services/protocol/content-store.ts";
import { startMisbehavingNode } from "./misbehaving-node.ts";
import { fails, nodesToTest, pattern } from "./nodes-to-test.ts";

const { open, toStop } = nodesToTest();

describe("a provider that fails", () => {
  it("by vanishing in mid-transfer costs only what had not arrived: another provider supplies the rest", async () => {
    const bytes = pattern(40 * 2 ** 20, 20);
    const [vanishing, standby] = [await open(), await open()];
    const reader = await open({ listen: [], dial: vanishing.addresses() });
    const cid = await vanishing.put(bytes);
    let leaving: Promise<void> | undefined;

    const getting = reader.get(cid, {
      timeoutMs: 1000,
      retries: 0,
      onProgress: () => {
        leaving ??= vanishing.stop();
      },
    });
    await fails(getting, contentStoreErrors.timedOut);
    await leaving;
    expect(await reader.has(cid)).toBe(false);
    await standby.put(bytes);

    expect(Buffer.compare(await reader.get(cid, { providers: standby.addresses() }), bytes)).toBe(
      0,
    );
  });

  it("by sending wrong blocks is ignored, and an honest one is heard", async () => {
    const bytes = pattern(2_000_000, 21);
    const liar = await startMisbehavingNode(async () => pattern(1000, 99));
    toStop.push(liar);
    const honest = await open();
    const cid = await honest.put(bytes);
    const reader = await open({ listen: [], dial: liar.addresses() });

    await fails(reader.get(cid, { timeoutMs: 500, retries: 0 }), contentStoreErrors.timedOut);
    await reader.dial(honest.addresses()[0] as string);

    expect(Buffer.compare(await reader.get(cid), bytes)).toBe(0);
    expect((await reader.collectGarbage()).blocks).toBe(3);
  });

  it("by never answering costs the time allowed", async () => {
    const silent = await startMisbehavingNode(async () => undefined);
    toStop.push(silent);
    const reader = await open({ listen: [], dial: silent.addresses() });
    const cid = await (await open()).put(pattern(1000, 22));

    await fails(reader.get(cid, { timeoutMs: 300, retries: 0 }), contentStoreErrors.timedOut);
  });

  it("by being slow is waited for as long as the call allows", async () => {
    const source = await open();
    const bytes = pattern(1_500_000, 23);
    const cid = await source.put(bytes);
    const slow = await startMisbehavingNode(async (id) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return source.getBlock(id.toString());
    });
    toStop.push(slow);
    const reader = await open({ listen: [], dial: slow.addresses() });

    expect(Buffer.compare(await reader.get(cid), bytes)).toBe(0);
  });

  it("by flooding with blocks that nobody wants leaves no trace", async () => {
    const flooder = await startMisbehavingNode(async () => undefined);
    toStop.push(flooder);
    const target = await open();
    const trainer = await open({ listen: [], dial: target.addresses() });
    const blocks = Array.from({ length: 40 }, (_, index) => pattern(2 ** 20, 100 + index));

    await flooder.flood(target.addresses()[0] as string, blocks);
    await flooder.flood(target.addresses()[0] as string, [pattern(3 * 2 ** 20, 1)]);
    const cid = await trainer.put(pattern(100_000, 24));

    expect(await target.get(cid)).toEqual(pattern(100_000, 24));
    expect((await target.collectGarbage()).blocks).toBe(1);
  });
});
