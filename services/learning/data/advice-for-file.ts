import { basename, extname } from "node:path";

/** Kinds of files that people keep samples in and we do not read, and what makes one of ours of them. */
const WAYS: readonly (readonly [kinds: RegExp, way: string])[] = [
  [
    /^\.(feather|arrow|orc|pkl|pickle|xlsx?|ods|json|jsonl|sav|dta)$/,
    'pandas makes a table of it: table.to_csv("samples.csv", index=False)',
  ],
  [
    /^\.(npy|pt|pth|safetensors|h5|hdf5|mat)$/,
    'NumPy writes inputs and labels together: numpy.savez("samples.npz", x=inputs, y=labels)',
  ],
  [/^\.(gz|bz2|xz|zst|zip|tar|tgz|7z)$/, "unpack it"],
  [/^\.(txt|tab|dat)$/, "if it is a table, call it .csv"],
];

/**
 * What a file is that cannot be read as samples, and the way out where one is known.
 *
 * @example adviceForFile("a/b.feather") // 'a .feather file; pandas makes a table of it: …'
 */
export function adviceForFile(path: string): string {
  const extension = extname(basename(path)).toLowerCase();
  if (extension === "") return "a file without an extension";
  const way = WAYS.find(([kinds]) => kinds.test(extension))?.[1];
  return `a ${extension} file${way === undefined ? "" : `; ${way}`}`;
}
