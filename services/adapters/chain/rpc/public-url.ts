/**
 * An address without what may be a secret in it: many who run nodes for others give each of them a key as part of the path, the query
 * or the user.
 *
 * @example
 * publicUrl("https://mainnet.example/v3/0123abcd"); // "https://mainnet.example/…"
 */
export function publicUrl(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || !hasSecret(parsed)) return url;
  return `${parsed.protocol}//${parsed.host}/…`;
}

/** Whether an address says more than where a node is. */
export const isPublicUrl = (url: string): boolean => {
  const parsed = URL.parse(url);
  return parsed !== null && !hasSecret(parsed);
};

/** A text in which no address tells a secret: for what others than this machine's user may read. */
export const withPublicUrls = (text: string): string =>
  text.replaceAll(/\b(?:https?|wss?):\/\/[^\s"'<>()[\]{}\\]+/gi, (url) => {
    const end = /[.,;:!?]*$/.exec(url)?.[0] ?? "";
    return `${publicUrl(url.slice(0, url.length - end.length))}${end}`;
  });

const hasSecret = ({ username, password, pathname, search, hash }: URL): boolean =>
  [username, password, pathname.replace(/^\/$/, ""), search, hash].some((part) => part !== "");
