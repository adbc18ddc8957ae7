import { describe, expect, it } from "vitest";
import type { CommonweightError } from "../../../services/protocol/errors.ts";
import {
  type CommittedModel,
  decodeModelFile,
  encodeModelFile,
  INTEGERS_TENSOR,
  verifyModel,
} from "../../../services/protocol/model/model-file.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  tensorOf,
} from "../../../services/protocol/model/safetensors.ts";

const layout = [
  { name: "layers.0.weight", shape: [2, 3], offset: 0, length: 6 },
  { name: "layers.0.bias", shape: [2], offset: 6, length: 2 },
];
const commit = async ({ model, blinding }: { model: Int32Array; blinding: bigint }) => ({
  x: model.reduce((sum, value, index) => sum + BigInt(value) * BigInt(index + 1), 0n) + 10n ** 12n,
  y: blinding,
});
const model = Int32Array.of(0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 4_194_304, 16_777_217, 5);
const committed: CommittedModel = {
  model,
  blinding: 77n,
  commitment: await commit({ model, blinding: 77n }),
  fractionBits: 12,
  lineage: {
    chainId: 31337n,
    market: `0x${"ab".repeat(20)}`,
    projectId: 4n,
    roundIndex: 2,
    previousCid: "bafkreiprevious",
  },
};
const expected = {
  commitment: committed.commitment,
  fractionBits: 12,
  parameterCount: 8,
  chainId: 31337n,
  market: `0x${"AB".repeat(20)}`,
  projectId: 4n,
};
const bytes = encodeModelFile(committed, layout);

/** Rewrites the file's tensors and metadata, as a dishonest publisher would. */
function rewritten(
  change: (file: ReturnType<typeof decodeSafetensors>) => ReturnType<typeof decodeSafetensors>,
): Uint8Array {
  return encodeSafetensors(change(decodeSafetensors(bytes)));
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "verified",
    (error: CommonweightError) => error.code,
  );
}

describe("a model file", () => {
  it("gives back integers, blinding, scale and lineage", () => {
    const { file, ...decoded } = decodeModelFile(bytes);

    expect(decoded).toEqual(committed);
    expect(file.tensors.map(({ name }) => name)).toEqual([
      INTEGERS_TENSOR,
      "layers.0.weight",
      "layers.0.bias",
    ]);
  });

  it("holds no floats without a layout, and null in the lineage of an initial model", async () => {
    const initial = {
      ...committed,
      lineage: { ...committed.lineage, roundIndex: null, previousCid: null },
    };

    const small = encodeModelFile(initial);

    expect(decodeModelFile(small).lineage).toEqual(initial.lineage);
    expect(decodeModelFile(small).file.tensors.length).toBe(1);
    expect((await verifyModel({ bytes: small, expected, commit })).model).toEqual(model);
    const beforeProject = encodeModelFile({
      ...initial,
      lineage: { ...initial.lineage, projectId: 0n },
    });
    expect((await verifyModel({ bytes: beforeProject, expected, commit })).model).toEqual(model);
  });

  it("verifies against the chain's commitment, whatever the case of the market's address", async () => {
    expect(await verifyModel({ bytes, expected, commit })).toEqual(committed);
  });

  it("is refused when it is of another project, scale or size", async () => {
    const verify = (change: Partial<typeof expected>) =>
      codeOf(verifyModel({ bytes, expected: { ...expected, ...change }, commit }));

    expect(await verify({ chainId: 1n })).toBe("CW1802");
    expect(await verify({ market: `0x${"cd".repeat(20)}` })).toBe("CW1802");
    expect(await verify({ projectId: 5n })).toBe("CW1802");
    expect(await verify({ fractionBits: 13 })).toBe("CW1802");
    expect(await verify({ parameterCount: 9 })).toBe("CW1802");
  });

  it("is refused when an integer, the blinding or both differ from the commitment on chain, whatever the file claims", async () => {
    const other = model.slice();
    other[7] = 6;
    const lying = encodeModelFile({
      ...committed,
      model: other,
      commitment: await commit({ model: other, blinding: 77n }),
    });
    const blinding = encodeModelFile({ ...committed, blinding: 78n });

    expect(await codeOf(verifyModel({ bytes: lying, expected, commit }))).toBe("CW1804");
    expect(await codeOf(verifyModel({ bytes: blinding, expected, commit }))).toBe("CW1804");
  });

  it("is refused when its floats are not the proven integers: users would run them unproven", async () => {
    const floats = Float32Array.of(9, 9);
    const swapped = rewritten(({ tensors, metadata }) => ({
      tensors: tensors.map((tensor) =>
        tensor.name === "layers.0.bias"
          ? tensorOf({ name: tensor.name, shape: [2], entries: floats })
          : tensor,
      ),
      metadata,
    }));
    const missing = rewritten(({ tensors, metadata }) => ({
      tensors: tensors.slice(0, 2),
      metadata,
    }));

    expect(await codeOf(verifyModel({ bytes: swapped, expected, commit }))).toBe("CW1803");
    expect(await codeOf(verifyModel({ bytes: missing, expected, commit }))).toBe("CW1803");
  });

  it("is refused when metadata is missing, of another version or no number, and when it is cut off", async () => {
    const withMetadata = (key: string, text: string) =>
      rewritten(({ tensors, metadata }) => ({ tensors, metadata: { ...metadata, [key]: text } }));
    const without = rewritten(({ tensors }) => ({ tensors, metadata: {} }));

    expect(await codeOf(verifyModel({ bytes: without, expected, commit }))).toBe("CW1800");
    expect(
      await codeOf(
        verifyModel({ bytes: withMetadata("commonweight.version", "2"), expected, commit }),
      ),
    ).toBe("CW1801");
    expect(
      await codeOf(
        verifyModel({ bytes: withMetadata("commonweight.blinding", "0x10"), expected, commit }),
      ),
    ).toBe("CW1800");
    expect(
      await codeOf(verifyModel({ bytes: bytes.subarray(0, bytes.length - 1), expected, commit })),
    ).toBe("CW1150");
  });
});
