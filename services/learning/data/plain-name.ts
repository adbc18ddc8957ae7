/**
 * A name as it is compared: without blanks around it, and with each letter in its shortest form. An ü may be one character or a u with
 * two dots behind it, as macOS writes file names; nobody sees the difference.
 */
export const plainName = (text: string): string => text.trim().normalize("NFC");

/** Tells whether a name is among these, as names are compared. */
export function nameIn(names: readonly string[]): (name: string) => boolean {
  const known = new Set(names.map(plainName));
  return (name) => known.has(plainName(name));
}
