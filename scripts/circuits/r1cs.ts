/** One linear combination: wire numbers and coefficients. */
export type LinearCombination = readonly (readonly [wire: number, coefficient: bigint])[];

/** A constraint system as circom writes it: `<A, w> * <B, w> = <C, w>`, wire 0 is 1, then outputs and public inputs. */
export interface R1cs {
  readonly wires: number;
  readonly publicCount: number;
  readonly constraints: readonly (readonly [
    LinearCombination,
    LinearCombination,
    LinearCombination,
  ])[];
}

/** Reads an `.r1cs` file of the BN254 scalar field (format version 1, sections 1 and 2). */
export function readR1cs(bytes: Uint8Array): R1cs {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sections = new Map<number, number>();
  let offset = 12;
  for (let index = 0; index < view.getUint32(8, true); index++) {
    sections.set(view.getUint32(offset, true), offset + 12);
    offset += 12 + Number(view.getBigUint64(offset + 4, true));
  }
  const [header, body] = [sections.get(1), sections.get(2)];
  if (header === undefined || body === undefined) throw new Error("not an .r1cs file");
  const counts = header + 4 + view.getUint32(header, true);
  const constraintCount = view.getUint32(counts + 24, true);

  let position = body;
  const combination = (): LinearCombination => {
    const length = view.getUint32(position, true);
    position += 4;
    return Array.from({ length }, () => {
      const wire = view.getUint32(position, true);
      let coefficient = 0n;
      for (let word = 3; word >= 0; word--) {
        coefficient = (coefficient << 64n) | view.getBigUint64(position + 4 + 8 * word, true);
      }
      position += 36;
      return [wire, coefficient] as const;
    });
  };
  const constraints = Array.from(
    { length: constraintCount },
    () => [combination(), combination(), combination()] as const,
  );
  return {
    wires: view.getUint32(counts, true),
    publicCount: view.getUint32(counts + 4, true) + view.getUint32(counts + 8, true),
    constraints,
  };
}
