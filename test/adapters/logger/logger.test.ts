import { describe, expect, it } from "vitest";
import { createLogger, silentLogger } from "../../../services/adapters/logger/logger.ts";

describe("createLogger", () => {
  const collect = (level: "info" | "silent" = "info") => {
    const lines: string[] = [];
    const logger = createLogger({ level, name: "worker", write: (line) => lines.push(line) });
    return { logger, parsed: () => lines.map((line) => JSON.parse(line)) };
  };

  it("writes one JSON line an event, with fields, level and time", () => {
    const { logger, parsed } = collect();

    logger.child({ project: 7 }).info({ stakeWei: 10n ** 20n }, "joined");

    expect(parsed()).toEqual([
      {
        level: "info",
        time: expect.any(String),
        name: "worker",
        project: 7,
        stakeWei: "100000000000000000000",
        msg: "joined",
      },
    ]);
  });

  it("never writes a secret, also one level down", () => {
    const { logger, parsed } = collect();

    logger.warn({ privateKey: "0xabc", update: { contentKey: "k", blinding: "b" } }, "careless");

    expect(JSON.stringify(parsed())).not.toMatch(/0xabc|"k"|"b"/);
    expect(parsed()[0].privateKey).toBe("[secret]");
  });

  it("writes nothing below its level", () => {
    const { logger, parsed } = collect();
    logger.debug({}, "detail");
    expect(parsed()).toEqual([]);

    const silent = collect("silent");
    silent.logger.error({}, "error");
    silentLogger.child({}).error({}, "error");
    expect(silent.parsed()).toEqual([]);
  });
});
