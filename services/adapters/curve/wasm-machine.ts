const PAGE = 65536;
const FIRST_PAGES = 25;
const LAST_PAGES = 65535;
/** A point is exactly one line: reading one costs one miss, not two. */
const CACHE_LINE = 64;

/** One instance of the wasm program with its own memory, and a bump allocator that starts afresh for every task. */
export interface WasmMachine {
  /** Reserves `bytes` until the next `reset`, aligned to a cache line. The content is undefined. */
  allocate(bytes: number): number;
  /** Reserves room for `data` and copies it there. */
  load(data: Uint8Array): number;
  /** A copy of `length` bytes from `address`. */
  read(address: number, length: number): Uint8Array<ArrayBuffer>;
  /** The memory now; any later `allocate` may detach it. */
  view(): ArrayBuffer;
  /** Calls an exported function. */
  call(name: string, ...args: number[]): number;
  /** Forgets everything allocated. */
  reset(): void;
}

/** Instantiates the module. */
export async function createMachine(module: WebAssembly.Module): Promise<WasmMachine> {
  const memory = new WebAssembly.Memory({ initial: FIRST_PAGES, maximum: LAST_PAGES });
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  const exports = instance.exports as Record<string, (...args: number[]) => number>;
  // The program keeps the address of its free memory at address 0; its own functions allocate from there too.
  const start = new Uint32Array(memory.buffer)[0] as number;

  function allocate(bytes: number): number {
    const free = new Uint32Array(memory.buffer, 0, 1);
    const address = Math.ceil((free[0] as number) / CACHE_LINE) * CACHE_LINE;
    const end = address + bytes;
    free[0] = end;
    // One spare mebibyte for what the program's own functions allocate on top.
    const missing = end + 2 ** 20 - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    return address;
  }

  return {
    allocate,
    load(data) {
      const address = allocate(data.byteLength);
      new Uint8Array(memory.buffer).set(data, address);
      return address;
    },
    read: (address, length) => new Uint8Array(memory.buffer).slice(address, address + length),
    view: () => memory.buffer,
    call: (name, ...args) => (exports[name] as (...args: number[]) => number)(...args),
    reset() {
      new Uint32Array(memory.buffer)[0] = start;
    },
  };
}
