import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";

const readJson = async (name: string) =>
  JSON.parse(await readFile(`${repositoryRoot}${name}`, "utf8"));

describe("lock file", () => {
  it("locks exactly the dependencies that package.json asks for", async () => {
    const manifest = await readJson("package.json");
    const root = (await readJson("package-lock.json")).packages[""];

    expect(root.dependencies).toEqual(manifest.dependencies);
    expect(root.devDependencies).toEqual(manifest.devDependencies);
  });

  it("pins every package by hash and names no registry", async () => {
    const { packages } = await readJson("package-lock.json");
    const entries = Object.entries<{
      integrity?: string;
      resolved?: string;
      link?: boolean;
      inBundle?: boolean;
    }>(packages).filter(([path]) => path !== "");

    expect(entries.length).toBeGreaterThan(500);
    const unpinned = entries.filter(([, { integrity, inBundle }]) => !integrity && !inBundle);
    expect(unpinned.map(([path]) => path)).toEqual([]);
    const elsewhere = entries.filter(
      ([, { resolved }]) => resolved && !resolved.startsWith("https://registry.npmjs.org/"),
    );
    expect(elsewhere.map(([path]) => path)).toEqual([]);
  });

  it("leaves unpinned only native parts for other systems, of three packages", async () => {
    const { packages } = await readJson("package-lock.json");
    const paths = Object.keys(packages);
    const isLocked = (name: string) => paths.some((path) => path.endsWith(`node_modules/${name}`));
    const entries = Object.entries<{ optionalDependencies?: Record<string, string> }>(packages);

    const unpinned = entries.flatMap(([path, { optionalDependencies = {} }]) =>
      Object.entries(optionalDependencies)
        .filter(([name]) => !isLocked(name))
        .map(([name, version]) => ({ path, name, version })),
    );

    expect(new Set(unpinned.map(({ path }) => path))).toEqual(
      new Set(
        ["@biomejs/biome", "@foundry-rs/anvil", "@nomicfoundation/edr"].map(
          (name) => `node_modules/${name}`,
        ),
      ),
    );
    expect(unpinned.filter(({ version }) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
    expect(unpinned.filter(({ name }) => /linux-x64(-gnu)?$/.test(name))).toEqual([]);
  });

  it("keeps accidental heavy peers out", async () => {
    const { packages } = await readJson("package-lock.json");

    const heavy = Object.keys(packages).filter((path) =>
      /node_modules\/(react-native|electron)$/.test(path),
    );
    expect(heavy).toEqual([]);
  });
});
