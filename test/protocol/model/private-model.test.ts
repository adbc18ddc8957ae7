import { beforeAll, describe, expect, it } from "vitest";
import { createHpkeEnvelope } from "../../../services/adapters/envelope/hpke-envelope.ts";
import {
  modelContext,
  openModelFile,
  sealModel,
} from "../../../services/protocol/model/private-model.ts";
import { isSameBytes } from "../../../services/protocol/same-bytes.ts";
import type { EncryptionKeyPair } from "../../../services/protocol/sealing/envelope.ts";
import { grantFileKey } from "../../../services/protocol/sealing/sealed-file.ts";
import { ABSENT_CID, modelProject } from "./published-model.ts";

const envelope = createHpkeEnvelope();
const bytes = Uint8Array.from({ length: 500 }, (_, index) => index % 251);
const model = {
  ...modelProject,
  owner: modelProject.market,
  commitment: { x: 1n, y: 2n },
  cid: ABSENT_CID,
};

describe("a private model", () => {
  let standby: EncryptionKeyPair;
  let rival: EncryptionKeyPair;
  let sealed: Uint8Array;

  beforeAll(async () => {
    standby = await envelope.generateKeyPair();
    rival = await envelope.generateKeyPair();
    // Sealed to both, as everybody sees; but what the rival is given opens nothing.
    sealed = await sealModel(model, {
      ...{ bytes, readers: [standby.publicKey, rival.publicKey] },
      envelope: {
        ...envelope,
        seal: async (parts) => {
          const key = await envelope.seal(parts);
          return isSameBytes(parts.recipient, rival.publicKey) ? key.fill(1) : key;
        },
      },
    });
  });

  const grantFrom = (keys: EncryptionKeyPair) =>
    grantFileKey({
      ...{ envelope, bytes: sealed, keys, recipient: rival.publicKey },
      context: modelContext(model),
    });
  const openAsRival = (...grants: Uint8Array[]) =>
    openModelFile(sealed, model, {
      ...{ envelope, keys: rival },
      requestGrants: async function* () {
        yield* grants;
      },
    });

  it("whose publisher names a reader, and seals the key wrongly to it alone, is opened by another one's grant", async () => {
    expect(await openModelFile(sealed, model, { envelope, keys: standby })).toEqual(bytes);
    expect(await openAsRival(await grantFrom(standby))).toEqual(bytes);
  });

  it("is refused where no grant opens it", async () => {
    for (const grants of [[], [new Uint8Array(80)]]) {
      await expect(openAsRival(...grants)).rejects.toMatchObject({ code: "CW1823" });
    }
  });
});
