/** Whether two byte strings are the same. Not for secrets: it stops at the first difference. */
export const isSameBytes = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, index) => byte === other[index]);
