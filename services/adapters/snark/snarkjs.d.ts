declare module "snarkjs" {
  export interface Groth16Proof {
    readonly pi_a: [string, string, string];
    readonly pi_b: [[string, string], [string, string], [string, string]];
    readonly pi_c: [string, string, string];
  }
  export const groth16: {
    fullProve(
      input: Record<string, bigint | bigint[]>,
      wasm: Uint8Array,
      provingKey: Uint8Array,
    ): Promise<{ proof: Groth16Proof; publicSignals: string[] }>;
    verify(key: unknown, publicSignals: readonly string[], proof: Groth16Proof): Promise<boolean>;
  };
}
