import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createKeystore,
  openKeystore,
  readKeystoreAddress,
} from "../../services/adapters/chain/accounts/keystore.ts";
import { readSigningKey } from "../../services/command-line/signing-key.ts";

describe("a keystore", () => {
  const folder = mkdtempSync(join(tmpdir(), "commonweight keys "));
  const path = join(folder, "key.json");
  let address: string;

  beforeAll(async () => {
    address = await createKeystore(path, "right");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("opens with its password, and only with it", async () => {
    const opened = await openKeystore(path, "right");

    expect(opened.address).toBe(address);
    expect(readFileSync(path, "utf8")).not.toContain(opened.privateKey.slice(2));
    await expect(openKeystore(path, "wrong")).rejects.toMatchObject({ code: "CW2381" });
  });

  it("tells its address without a password", async () => {
    expect(await readKeystoreAddress(path)).toBe(address);
  });

  it("is for its owner's eyes only and never overwritten", async () => {
    expect(statSync(path).mode & 0o077).toBe(0);
    await expect(createKeystore(path, "other")).rejects.toMatchObject({ code: "CW2382" });
  });

  it("says that its folder is missing, not that it is there already", async () => {
    const nowhere = join(folder, "none", "key.json");

    await expect(createKeystore(nowhere, "x")).rejects.toMatchObject({ code: "ENOENT" });
  });

  it.each([
    ["an unknown kind of key", { kdf: "argon" }, "damaged"],
    ["a broken work factor", { kdfparams: { n: 3 } }, "damaged"],
    ["a terabyte of memory", { kdfparams: { n: 2 ** 40 } }, "more memory or time"],
    ["endless repetition", { kdfparams: { p: 100_000 } }, "more memory or time"],
    ["endless rounds", { kdf: "pbkdf2", kdfparams: { c: 2e9, prf: "hmac-sha256" } }, "more memory"],
  ])("with %s is a bad file, not a wrong password", async (_, changes, message) => {
    const file = JSON.parse(readFileSync(path, "utf8"));
    const crypto = file.crypto ?? file.Crypto;
    const kdfparams = { ...crypto.kdfparams, ...("kdfparams" in changes ? changes.kdfparams : {}) };
    const bad = join(folder, "bad.json");
    const { Crypto: __, ...rest } = file;
    writeFileSync(bad, JSON.stringify({ ...rest, crypto: { ...crypto, ...changes, kdfparams } }));

    await expect(openKeystore(bad, "right")).rejects.toMatchObject({
      code: "CW2380",
      message: expect.stringContaining(message),
    });
  });

  it("is what a command signs with; the variable is used without one", async () => {
    const around = {
      terminal: {
        writeResult: () => undefined,
        writeMessage: () => undefined,
        writeProgress: () => undefined,
        hasColor: false,
        isInteractive: false,
      },
      progress: () => undefined,
    };
    const { privateKey } = await openKeystore(path, "right");

    await expect(
      readSigningKey({
        ...around,
        options: { keystore: path },
        environment: { COMMONWEIGHT_PASSWORD: "right", COMMONWEIGHT_PRIVATE_KEY: "0x01" },
      }),
    ).resolves.toBe(privateKey);
    await expect(
      readSigningKey({
        ...around,
        options: {},
        environment: { COMMONWEIGHT_PRIVATE_KEY: "0x01" },
      }),
    ).resolves.toBe("0x01");
  });
});
