import { noise } from "@chainsafe/libp2p-noise";
import { yamux } from "@chainsafe/libp2p-yamux";
import { withBitswap } from "@helia/bitswap";
import { withLibp2pLight } from "@helia/libp2p";
import { identify } from "@libp2p/identify";
import { tcp } from "@libp2p/tcp";
import { multiaddr } from "@multiformats/multiaddr";
import { MemoryBlockstore } from "blockstore-core";
import { createHeliaLight } from "helia";
import { varint } from "multiformats";
import type { CID } from "multiformats/cid";

/** An IPFS node whose blocks are what `answer` says, whatever was asked for; undefined means "never answers". */
export async function startMisbehavingNode(answer: (cid: CID) => Promise<Uint8Array | undefined>) {
  class LyingBlockstore extends MemoryBlockstore {
    override has(): boolean {
      return true;
    }
    override async *get(cid: CID): AsyncGenerator<Uint8Array> {
      const block = await answer(cid);
      if (block === undefined) await new Promise<never>(() => {});
      else yield block;
    }
  }
  const helia = withBitswap(
    withLibp2pLight(createHeliaLight({ blockstore: new LyingBlockstore() }), {
      addresses: { listen: ["/ip4/127.0.0.1/tcp/0"] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      services: { identify: identify() },
    }),
  );
  await helia.start();
  return {
    addresses: (): string[] => helia.libp2p.getMultiaddrs().map(String),
    /** Sends bitswap messages with blocks that nobody asked for. */
    flood: async (address: string, blocks: readonly Uint8Array[]): Promise<void> => {
      const connection = await helia.libp2p.dial(multiaddr(address));
      for (const block of blocks) {
        const stream = await connection.newStream("/ipfs/bitswap/1.2.0");
        const message = bitswapMessage(block);
        if (!stream.send(withLength(message))) await stream.onDrain();
        await stream.close();
      }
    },
    stop: async () => void (await helia.stop()),
  };
}

/** Field 3 of a bitswap 1.2 message: a block's CID prefix (version, codec, hash, length) and its data. */
function bitswapMessage(block: Uint8Array): Uint8Array {
  const prefix = Uint8Array.of(1, 0x55, 0x12, 32);
  const payload = Buffer.concat([field(1), withLength(prefix), field(2), withLength(block)]);
  return Buffer.concat([field(3), withLength(payload)]);
}

function field(number: number): Uint8Array {
  return Uint8Array.of((number << 3) | 2);
}

function withLength(bytes: Uint8Array): Uint8Array {
  const prefix = varint.encodeTo(bytes.length, new Uint8Array(varint.encodingLength(bytes.length)));
  return new Uint8Array(Buffer.concat([prefix, bytes]));
}
