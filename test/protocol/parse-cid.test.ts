import { describe, expect, it } from "vitest";
import { parseCid } from "../../services/protocol/parse-cid.ts";

const cid = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";

describe("the text of a CID", () => {
  it("is read, and written the same again", () => {
    expect(parseCid(cid).toString()).toBe(cid);
  });

  it.each(["", "not a cid", cid.slice(0, -3), `${cid}!`])("is refused when it is %j", (text) => {
    expect(() => parseCid(text)).toThrow(expect.objectContaining({ code: "CW2404" }));
  });

  it("is refused unread when it is long: decoding base 58 takes time with the square of the length", () => {
    const started = performance.now();

    expect(() => parseCid(`z${"2".repeat(100_000)}`)).toThrow(/not a CID: "z2+"$/);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
