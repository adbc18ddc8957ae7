const MOST = 20;
const LONGEST = 40;

const cut = (name: string) => (name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name);

/**
 * Names of classes, columns or values in a message: so many and so long that a message stays one. A manifest, which a stranger wrote, may
 * have ten thousand of them.
 *
 * @example nameSome(["a", "b"]) // "a, b"
 */
export function nameSome(names: readonly string[]): string {
  const shown = names.slice(0, MOST).map(cut).join(", ");
  return names.length > MOST ? `${shown} and ${names.length - MOST} more` : shown;
}
