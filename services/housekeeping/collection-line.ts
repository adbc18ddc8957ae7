const sizeText = (bytes: number) =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** The line for people about a collection that came to its end, found something damaged, or failed; undefined when nothing was removed. */
export function collectionLine(event: {
  readonly type: string;
  readonly [detail: string]: unknown;
}): string | undefined {
  switch (event.type) {
    case "content-lost":
      return `content ${event.cid} is damaged here, and nobody else has it now`;
    case "collection-failed":
      return `nothing was removed, because of ${event.code === undefined ? "" : `${event.code}: `}${event.message}`;
    default:
      return event.blocks === 0
        ? undefined
        : `removed ${sizeText(Number(event.bytes ?? 0))} that no project needs any more; ${event.kept} files are kept`;
  }
}
