import { varint } from "multiformats";
import { CID } from "multiformats/cid";

/** The blocks of a CAR that we wrote ourselves, by CID: the product writes such files and reads none. */
export async function readCar(
  source: AsyncIterable<Uint8Array>,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(part);
  const blocks = new Map<string, Uint8Array>();
  let rest: Uint8Array = Uint8Array.from(Buffer.concat(parts));
  for (let isHeader = true; rest.length > 0; isHeader = false) {
    const [bytes, prefixBytes] = varint.decode(rest);
    const section = rest.subarray(prefixBytes, prefixBytes + bytes);
    if (section.length !== bytes) throw new Error("the file ends inside a section");
    rest = rest.subarray(prefixBytes + bytes);
    if (isHeader) continue;
    const [cid, block] = CID.decodeFirst(section);
    blocks.set(cid.toString(), block);
  }
  return blocks;
}
