import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { requireRoomAndPorts } from "../../services/market/preflight.ts";

describe("before the market starts", () => {
  const folder = mkdtempSync(join(tmpdir(), "commonweight-preflight-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const check = (options: Partial<Parameters<typeof requireRoomAndPorts>[0]>) =>
    requireRoomAndPorts({ stateFolder: join(folder, "state"), ports: [], ...options });

  it("accepts a new folder and free ports", async () => {
    await expect(check({ ports: [0] })).resolves.toBeUndefined();
  });

  it("names a port that somebody listens on, and the way out", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;

    const failure = await check({ ports: [port] }).catch((error: unknown) => error);
    await new Promise((resolve) => server.close(resolve));

    expect(failure).toMatchObject({ code: "CW6002", details: { port } });
    expect(String(failure)).toMatch(`port ${port}`);
    expect(String(failure)).toMatch("--port");
    await expect(check({ ports: [port] })).resolves.toBeUndefined();
  });

  it("refuses a folder that cannot be made", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");

    await expect(check({ stateFolder: join(file, "state") })).rejects.toMatchObject({
      code: "CW6003",
    });
  });

  it("refuses a disk that is too full, with both numbers", async () => {
    await expect(check({ leastFreeBytes: 2 ** 60 })).rejects.toMatchObject({
      code: "CW6005",
      message: expect.stringMatching(/\d+ MB free, 1152921504606 MB needed/),
    });
  });
});
