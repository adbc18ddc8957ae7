import type { Bn128 } from "ffjavascript";
import { BASE_FIELD } from "../../protocol/curve.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import type { PowersOfTau } from "./development-powers.ts";
import { curveErrors } from "./errors.ts";
import { g2Bytes, g2Point } from "./point-arithmetic.ts";
import { littleEndianBytes, littleEndianNumber } from "./scalar-bytes.ts";
import { allocateShared } from "./shared-bytes.ts";

const HEADER_SECTION = 1;
const TAU_G1_SECTION = 2;
const TAU_G2_SECTION = 3;
const MOST_SECTIONS = 64;

/** Something that can be read in parts: a ceremony file may have hundreds of gigabytes, of which we need the first few. */
export interface RandomAccess {
  readonly size: number;
  /** Fewer bytes only at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Bytes in memory as a file. */
export function memoryFile(bytes: Uint8Array): RandomAccess {
  return {
    size: bytes.byteLength,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
  };
}

function unreadable(reason: string): CommonweightError {
  return new CommonweightError(curveErrors.srsUnreadable, `powers-of-tau file: ${reason}`);
}

async function readExactly(file: RandomAccess, offset: number, length: number) {
  const bytes = await file.read(offset, length);
  if (bytes.byteLength !== length) throw unreadable("it ends too early");
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

interface Section {
  readonly offset: number;
  readonly size: number;
}

async function findSections(file: RandomAccess): Promise<Map<number, Section>> {
  const { bytes, view } = await readExactly(file, 0, 12);
  if (new TextDecoder().decode(bytes.subarray(0, 4)) !== "ptau")
    throw unreadable("not a .ptau file");
  if (view.getUint32(4, true) !== 1) throw unreadable("unknown version");
  const count = view.getUint32(8, true);
  if (count > MOST_SECTIONS) throw unreadable("too many sections");
  const sections = new Map<number, Section>();
  let offset = 12;
  for (let index = 0; index < count; index++) {
    const head = await readExactly(file, offset, 12);
    const size = Number(head.view.getBigUint64(4, true));
    const kind = head.view.getUint32(0, true);
    if (sections.has(kind)) throw unreadable(`section ${kind} appears twice`);
    sections.set(kind, { offset: offset + 12, size });
    offset += 12 + size;
  }
  return sections;
}

/**
 * Reads the first `count` powers of tau from a `.ptau` file (sections 1, 2 and 3 as in any public ceremony).
 * Only the format is checked here; see `checkPowers` for the points.
 *
 * @throws CommonweightError CW2002 when the file is not one for BN254, CW2003 when it has fewer powers.
 */
export async function readPowers(
  bn: Bn128,
  file: RandomAccess,
  count: number,
): Promise<PowersOfTau> {
  const sections = await findSections(file);
  const [header, tauG1, tauG2] = [HEADER_SECTION, TAU_G1_SECTION, TAU_G2_SECTION].map((kind) => {
    const section = sections.get(kind);
    if (!section) throw unreadable(`section ${kind} is missing`);
    return section;
  }) as [Section, Section, Section];
  const { bytes, view } = await readExactly(file, header.offset, 36);
  if (view.getUint32(0, true) !== 32 || littleEndianNumber(bytes.subarray(4, 36)) !== BASE_FIELD) {
    throw unreadable("it is for another curve");
  }
  if (tauG1.size < count * 64 || tauG2.size < 256) {
    throw new CommonweightError(
      curveErrors.srsTooSmall,
      `${Math.floor(tauG1.size / 64)} powers of tau where ${count} are needed`,
    );
  }
  const g1 = allocateShared(count * 64);
  g1.set((await readExactly(file, tauG1.offset, count * 64)).bytes);
  // Element 0 is the generator, element 1 is tau.
  const g2 = (await readExactly(file, tauG2.offset + 128, 128)).bytes.slice();
  return { g1, tauG2: g2Point(bn, g2) };
}

/** Writes powers as a `.ptau` file with sections 1, 2 and 3 only: enough for {@link readPowers}, not for snarkjs. */
export function writePowers(bn: Bn128, { g1, tauG2 }: PowersOfTau): Uint8Array<ArrayBuffer> {
  const power = Math.ceil(Math.log2(g1.byteLength / 64));
  const g2 = new Uint8Array(256);
  g2.set(bn.G2.toAffine(bn.G2.g), 0);
  g2.set(g2Bytes(bn, tauG2), 128);
  const header = new Uint8Array(44);
  const headerView = new DataView(header.buffer);
  headerView.setUint32(0, 32, true);
  header.set(littleEndianBytes(BASE_FIELD), 4);
  headerView.setUint32(36, power, true);
  headerView.setUint32(40, power, true);
  const sections = [header, g1, g2];
  const file = new Uint8Array(sections.reduce((size, part) => size + 12 + part.byteLength, 12));
  const view = new DataView(file.buffer);
  file.set(new TextEncoder().encode("ptau"), 0);
  view.setUint32(4, 1, true);
  view.setUint32(8, sections.length, true);
  let offset = 12;
  for (const [index, part] of sections.entries()) {
    view.setUint32(offset, index + 1, true);
    view.setBigUint64(offset + 4, BigInt(part.byteLength), true);
    file.set(part, offset + 12);
    offset += 12 + part.byteLength;
  }
  return file;
}
