/** A folder of commands. */
export interface CommandFolder {
  readonly folder: string;
  /** Commands of a group are called as `commonweight <group> <command>`. */
  readonly group?: string;
  readonly description?: string;
}

/** All folders with commands, in the order of the help. */
export const COMMAND_FOLDERS: readonly CommandFolder[] = [
  { folder: "market" },
  {
    folder: "owner",
    group: "owner",
    description: "post a project, watch it train, pull the model",
  },
  { folder: "worker", group: "worker", description: "find a project, train for it, get paid" },
  { folder: "aggregator", group: "aggregator", description: "open rounds, prove and settle them" },
  { folder: "auditor" },
];
