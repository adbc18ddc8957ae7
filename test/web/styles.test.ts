import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";
import { readSourceFiles } from "../meta/source-files.ts";

const styles = "node_modules/@mantine/core/styles";

describe("the page's style sheets", () => {
  test("hold the styles of every component that the page uses", async () => {
    const loaded = await readFile(`${repositoryRoot}web/styles.ts`, "utf8");
    const files = (await readSourceFiles("web")).filter(({ path }) => path.endsWith(".tsx"));
    const used = new Set(
      files.flatMap(({ text }) =>
        [...text.matchAll(/import \{([^}]*)\} from "@mantine\/core"/g)].flatMap(([, names = ""]) =>
          [...names.matchAll(/\b[A-Z]\w+/g)].map(([name]) => name),
        ),
      ),
    );
    const styled = [...used].filter((name) => existsSync(`${repositoryRoot}${styles}/${name}.css`));

    expect(styled.length).toBeGreaterThan(15);
    expect(styled.filter((name) => !loaded.includes(`/${name}.css"`))).toEqual([]);
  });
});
