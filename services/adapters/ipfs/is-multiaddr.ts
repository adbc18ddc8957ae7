import { multiaddr } from "@multiformats/multiaddr";

/** Whether a text is an address that could be dialled: others name theirs, and one that is none must not end what the rest is dialled for. */
export function isMultiaddr(text: string): boolean {
  try {
    // An empty text is a multiaddr of nothing.
    return multiaddr(text).getComponents().length > 0;
  } catch {
    return false;
  }
}
