import type { SetSizes } from "../../services/owner/design/draw-sets.ts";

/** What the owner types to serve a project's references: the samples' file, and sets that it has room for. */
export interface RefereeSamples {
  readonly file: string;
  readonly sizes: SetSizes;
}

/** A file's name as a shell takes it. */
const quoted = (name: string) =>
  /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;

/**
 * The command for the referee of a posted project.
 *
 * @example
 * refereeCommand(7n, { file: "crops.csv", sizes: { root: 60, pay: 150, validation: 75 } });
 * // "commonweight owner reference 7 --data crops.csv --root 60 --pay 150 --validation 75"
 */
export const refereeCommand = (projectId: bigint, { file, sizes }: RefereeSamples) =>
  `commonweight owner reference ${projectId} --data ${quoted(file)} --root ${sizes.root} --pay ${sizes.pay} --validation ${sizes.validation}`;
