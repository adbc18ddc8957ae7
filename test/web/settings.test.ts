import { describe, expect, it } from "vitest";
import { settingsProblems, type WebSettings } from "../../web/settings.ts";

const settings: WebSettings = {
  rpcUrl: "http://127.0.0.1:8545",
  market: `0x${"ab".repeat(20)}`,
  gateway: "https://gateway.example",
  deployBlock: 1,
};

describe("where the page reads", () => {
  it("is right with and without other nodes to compare with", () => {
    expect(settingsProblems(settings)).toEqual({});
    expect(settingsProblems({ ...settings, compareUrls: [] })).toEqual({});
    expect(
      settingsProblems({ ...settings, compareUrls: ["https://a.example", "http://b.example"] }),
    ).toEqual({});
  });

  it("is refused with the name of the node whose address is none", () => {
    const compareUrls = ["https://a.example", "somewhere", "ftp://b.example"];

    expect(settingsProblems({ ...settings, compareUrls })).toEqual({
      compareUrls: "somewhere is not an address like https://rpc.example",
    });
    expect(settingsProblems({ ...settings, compareUrls: ["ftp://b.example"] })).toEqual({
      compareUrls: "ftp://b.example must begin with http(s)://",
    });
  });

  it("is refused with each field that is wrong", () => {
    const wrong = { rpcUrl: "", market: "0x", gateway: "x", deployBlock: -1 };

    expect(Object.keys(settingsProblems(wrong)).sort()).toEqual(Object.keys(wrong).sort());
  });
});
