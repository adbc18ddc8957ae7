import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "../../../services/adapters/database.ts";
import { openKeyLog } from "../../../services/aggregator/store/key-log.ts";
import { openRoundStore, type RoundStore } from "../../../services/aggregator/store/round-store.ts";
import { openOrBegin } from "../../../services/aggregator/store/sound-database.ts";

let folder: string;
let path: string;
let aside: string[];
let open: RoundStore[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "commonweight store "));
  path = join(folder, "aggregator.sqlite");
  aside = [];
  open = [];
});
afterEach(() => {
  for (const store of open) store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** As a starting service opens it. */
function start(): RoundStore {
  const log = openKeyLog(join(folder, "released-keys.jsonl"));
  const store = openOrBegin(
    path,
    (each) => openRoundStore(each, log),
    (at) => aside.push(at),
  );
  open.push(store);
  return store;
}
const key = { sender: "0xAA", kind: "update", contentKey: "0x01", receivedAt: 5 } as const;

describe("the aggregator's memory", () => {
  it("has every key again after the database was deleted: nobody would send them twice", () => {
    start().saveKey(1n, 0, key);
    open.pop()?.close();
    for (const suffix of ["", "-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });

    expect(start().listKeys(1n, 0)).toEqual([key]);
    expect(aside).toEqual([]);
  });

  it("sets a file aside that is no database, and goes on with the keys", () => {
    start().saveKey(1n, 0, key);
    open.pop()?.close();
    writeFileSync(
      path,
      "this is no database at all, but long enough to be taken for one".repeat(50),
    );

    expect(start().listKeys(1n, 0)).toEqual([key]);
    expect(aside).toEqual([`${path}.damaged`]);
    expect(readFileSync(`${path}.damaged`, "utf8")).toMatch(/^this is no database/);
  });

  it("notices pages that are gone or overwritten before it works with them", () => {
    for (const damage of ["cut", "overwritten"]) {
      aside = [];
      const store = start();
      for (let round = 0; round < 400; round++) {
        store.saveResult(1n, round, "exclusions", { text: "x".repeat(200) });
      }
      store.saveKey(1n, 0, key);
      open.pop()?.close();
      const { size } = statSync(path);
      if (damage === "cut") truncateSync(path, Math.floor(size / 2));
      else {
        const bytes = readFileSync(path);
        bytes.fill(0xa5, 8192, size - 4096);
        writeFileSync(path, bytes);
      }

      expect(start().listKeys(1n, 0)).toEqual([key]);
      expect(aside, damage).toHaveLength(1);
      open.pop()?.close();
    }
  });

  it("leaves out a line of the key log that a crash cut short, and no other", () => {
    start().saveKey(1n, 0, key);
    open.pop()?.close();
    appendFileSync(join(folder, "released-keys.jsonl"), '\n{"projectId":"1","roun');
    const log = openKeyLog(join(folder, "released-keys.jsonl"));
    log.append({ ...key, kind: "reference", projectId: "1", roundIndex: 3 });

    expect(log.read().map(({ kind }) => kind)).toEqual(["update", "reference"]);
  });

  it("does not hide that the folder cannot be written: that is no damage", () => {
    const nowhere = join(folder, "released-keys.jsonl", "aggregator.sqlite");
    writeFileSync(join(folder, "released-keys.jsonl"), "");
    const log = openKeyLog(join(folder, "other.jsonl"));

    expect(() =>
      openOrBegin(
        nowhere,
        (each) => openRoundStore(each, log),
        () => {},
      ),
    ).toThrowError(expect.objectContaining({ code: "CW2700" }));
  });

  it("remembers whom to call after a restart, newest first", () => {
    const store = start();
    store.savePeer("/ip4/127.0.0.1/tcp/1");
    open.pop()?.close();

    expect(start().listPeers()).toEqual(["/ip4/127.0.0.1/tcp/1"]);
  });

  it("remembers what content is here for which round, until it is let go", () => {
    const store = start();
    for (const [round, cid] of [
      [0, "a"],
      [1, "b"],
      [1, "b"],
      [2, "a"],
    ] as const) {
      store.saveContent(1n, round, cid);
    }
    store.saveContent(2n, 0, "c");
    open.pop()?.close();

    const again = start();
    again.forgetContent(1n, 1);

    expect(again.listContent(1n)).toEqual([
      { roundIndex: 1, cid: "b" },
      { roundIndex: 2, cid: "a" },
    ]);
    again.forgetContent(1n, Number.MAX_SAFE_INTEGER);
    expect(again.listContent(1n)).toEqual([]);
    expect(again.listContent(2n)).toHaveLength(1);
  });

  it("takes over what an earlier version remembered of that among its records, once", () => {
    start();
    open.pop()?.close();
    const database = openDatabase(path, []);
    database.run("INSERT INTO record VALUES ('1', 3, 'content', 'old', 'true')");
    database.close();

    start();
    open.pop()?.close();
    const store = start();

    expect(store.listContent(1n)).toEqual([{ roundIndex: 3, cid: "old" }]);
    store.forgetContent(1n, 4);
    open.pop()?.close();
    expect(start().listContent(1n)).toEqual([]);
  });

  it("remembers under which name a model is kept that has another one on chain", () => {
    const store = start();
    const copyOf = (version: number, cid: string) => ({
      ...{ version, cid },
      commitment: { x: 10n * BigInt(version), y: 2n ** 250n },
    });
    for (const version of [4, 2]) store.saveModelCopy(1n, copyOf(version, `copy-${version}`));
    store.saveModelCopy(2n, copyOf(4, "other"));
    store.saveModelCopy(1n, copyOf(2, "newer"));
    open.pop()?.close();

    const again = start();

    expect(again.findModelCopy(1n, 4)).toEqual(copyOf(4, "copy-4"));
    expect(again.findModelCopy(1n, 3)).toBeUndefined();
    expect(again.listModelCopies(1n)).toEqual([copyOf(2, "newer"), copyOf(4, "copy-4")]);
  });
});
