import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCurve } from "../../services/adapters/curve/open-curve.ts";
import { createHpkeEnvelope } from "../../services/adapters/envelope/hpke-envelope.ts";
import { bundleErrors } from "../../services/protocol/bundle/bundle-errors.ts";
import { openBundle } from "../../services/protocol/bundle/open-bundle.ts";
import { sealBundle } from "../../services/protocol/bundle/seal-bundle.ts";
import { commitModel, commitUpdate } from "../../services/protocol/gram/commitment.ts";
import { encodeModelFile, verifyModel } from "../../services/protocol/model/model-file.ts";
import { modelFileErrors } from "../../services/protocol/model/model-file-errors.ts";

const parameterCount = 64;
let curve: Awaited<ReturnType<typeof openCurve>>;
beforeAll(async () => {
  curve = await openCurve({ parameterCount, threads: 1 });
});
afterAll(() => curve[Symbol.asyncDispose]());

describe("bundles and models over the real curve", () => {
  it("a bundle opens to the committed update, and not with one integer changed", async () => {
    const envelope = createHpkeEnvelope();
    const keys = await envelope.generateKeyPair();
    const update = Int16Array.from({ length: parameterCount }, (_, index) => index * 31 - 1000);
    const blinding = 987654321n;
    const commitment = await commitUpdate(curve, { update, blinding });
    const associated = {
      chainId: 31337n,
      market: `0x${"ab".repeat(20)}`,
      projectId: 1n,
      roundIndex: 0,
      trainer: `0x${"12".repeat(20)}`,
    };
    const open = async (sealedUpdate: Int16Array) => {
      const sealed = await sealBundle({
        envelope,
        update: sealedUpdate,
        blinding,
        commitment,
        associated,
        fractionBits: 12,
        aggregatorPublicKeys: [keys.publicKey],
      });
      const secrets = { contentKey: sealed.contentKey, keys };
      return openBundle({
        envelope,
        bytes: sealed.bytes,
        secrets,
        associated: { ...associated, commitmentHash: sealed.commitmentHash },
        fractionBits: 12,
        parameterCount,
        commit: (opened) => commitUpdate(curve, opened),
      });
    };

    expect((await open(update)).update).toEqual(update);
    await expect(
      open(update.map((value, index) => (index === 63 ? value + 1 : value))),
    ).rejects.toMatchObject({ code: bundleErrors.commitmentMismatch.code });
  });

  it("a model file verifies against its commitment, and not with one integer changed", async () => {
    const model = Int32Array.from(
      { length: parameterCount },
      (_, index) => index * 1_000_003 - 30_000_000,
    );
    const blinding = 5n;
    const commitment = await commitModel(curve, { model, blinding });
    const expected = {
      commitment,
      fractionBits: 12,
      parameterCount,
      chainId: 1n,
      market: "0x00",
      projectId: 1n,
    };
    const lineage = {
      chainId: 1n,
      market: "0x00",
      projectId: 1n,
      roundIndex: 4,
      previousCid: null,
    };
    const verify = (integers: Int32Array) =>
      verifyModel({
        bytes: encodeModelFile({
          model: integers,
          blinding,
          commitment,
          fractionBits: 12,
          lineage,
        }),
        expected,
        commit: (opened) => commitModel(curve, opened),
      });

    expect((await verify(model)).model).toEqual(model);
    await expect(
      verify(model.map((value, index) => (index === 0 ? value - 1 : value))),
    ).rejects.toMatchObject({ code: modelFileErrors.commitmentMismatch.code });
  });
});
