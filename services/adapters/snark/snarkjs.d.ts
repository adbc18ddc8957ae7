/** The part of snarkjs that is used here; the package ships no types. */
declare module "snarkjs" {
  /** A file in memory: an output is given without content. */
  export interface MemoryFile {
    readonly type: "mem";
    data: Uint8Array;
  }
  /** A path, the content of a file, or a file in memory. */
  export type FileLike = string | Uint8Array | MemoryFile;

  export interface SnarkjsLogger {
    debug(line: string): void;
    info(line: string): void;
    warn(line: string): void;
    error(line: string): void;
  }

  export interface Groth16Proof {
    readonly pi_a: [string, string, string];
    readonly pi_b: [[string, string], [string, string], [string, string]];
    readonly pi_c: [string, string, string];
  }

  export const wtns: {
    calculate(
      input: Readonly<Record<string, unknown>>,
      wasm: FileLike,
      witness: FileLike,
      options?: { readonly sanityCheck?: boolean; readonly logGetSignal?: () => void },
    ): Promise<void>;
    exportJson(witness: FileLike): Promise<bigint[]>;
  };

  export const groth16: {
    prove(
      provingKey: FileLike,
      witness: FileLike,
      logger?: SnarkjsLogger,
      options?: { readonly singleThread?: boolean },
    ): Promise<{ proof: Groth16Proof; publicSignals: string[] }>;
    verify(key: unknown, publicSignals: readonly string[], proof: Groth16Proof): Promise<boolean>;
  };

  export const zKey: {
    newZKey(
      r1cs: FileLike,
      powers: FileLike,
      zkey: FileLike,
      logger?: SnarkjsLogger,
    ): Promise<Uint8Array | -1>;
    contribute(
      from: FileLike,
      to: FileLike,
      name: string,
      entropy: string,
      logger?: SnarkjsLogger,
    ): Promise<Uint8Array>;
    beacon(
      from: FileLike,
      to: FileLike,
      name: string,
      beaconHex: string,
      iterationsExponent: number,
      logger?: SnarkjsLogger,
    ): Promise<Uint8Array | false>;
    verifyFromInit(
      initial: FileLike,
      powers: FileLike,
      zkey: FileLike,
      logger?: SnarkjsLogger,
    ): Promise<boolean>;
    verifyFromR1cs(
      r1cs: FileLike,
      powers: FileLike,
      zkey: FileLike,
      logger?: SnarkjsLogger,
    ): Promise<boolean>;
    exportVerificationKey(zkey: FileLike): Promise<unknown>;
  };

  export const powersOfTau: {
    verify(powers: FileLike, logger?: SnarkjsLogger): Promise<boolean>;
  };
}
