import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import {
  readCircuitArtifacts,
  readVerifyingKey,
} from "../../adapters/artifacts/circuit-artifacts.ts";
import { artifactErrors } from "../../adapters/artifacts/errors.ts";
import { verifySrs } from "../../adapters/curve/verify-srs.ts";
import type { VerifyingKeyJson } from "../../adapters/snark/verify-rule.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import type { AuditCheck } from "../audit-check.ts";
import { auditorErrors } from "../errors.ts";
import type { ChainSetup } from "../evidence/chain-setup.ts";
import { checkDevelopmentPowers, checkVerifyingKey, isSameTau } from "./check-verifying-key.ts";

/** What of the setup is compared. */
export interface SetupQuestion {
  readonly ruleId: number;
  readonly slots: number;
  readonly parameterCount: number;
  /** The ceremony's file, when the auditor has it. */
  readonly srsPath?: string | undefined;
}

/** SHA-256 of a file that may not fit into memory, as the 32 bytes of hex that the verifier contract has. @throws CW4602 */
export async function fileChecksum(path: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const part of createReadStream(path)) hash.update(part as Buffer);
  } catch (cause) {
    throw new CommonweightError(auditorErrors.fileUnreadable, path, { cause });
  }
  return `0x${hash.digest("hex")}`;
}

async function checkPublishedKey(
  { ruleId, slots }: SetupQuestion,
  setup: ChainSetup,
): Promise<AuditCheck> {
  try {
    const published = (await readVerifyingKey(ruleId, slots)) as VerifyingKeyJson;
    return checkVerifyingKey(published, setup);
  } catch (error) {
    if (!(error instanceof CommonweightError)) throw error;
    return checkVerifyingKey(null, setup, `${error.code}: nothing published to compare with`);
  }
}

async function checkProvingKey({ ruleId, slots }: SetupQuestion): Promise<AuditCheck> {
  const name = "proving key";
  try {
    await readCircuitArtifacts(ruleId, slots);
    return {
      name,
      isPassed: true,
      detail: "circuit and proving key have their published checksums",
    };
  } catch (error) {
    if (!(error instanceof CommonweightError)) throw error;
    const isMissing = error.code === artifactErrors.missing.code;
    const detail = isMissing ? "this size does not come with the repository" : error.message;
    return { name, isPassed: isMissing ? null : false, detail };
  }
}

async function checkPowers(
  { srsPath, parameterCount }: SetupQuestion,
  setup: ChainSetup,
): Promise<AuditCheck[]> {
  const name = "powers of tau";
  if (srsPath === undefined) return [checkDevelopmentPowers(setup)];
  const tauG2 = await verifySrs({ srsPath, parameterCount });
  const isPassed = isSameTau(tauG2, setup.tauG2);
  const checksum = await fileChecksum(srsPath);
  const isSameFile = checksum === setup.checksum.toLowerCase();
  return [
    {
      name,
      isPassed,
      detail: isPassed
        ? `the first ${parameterCount} powers of the file are sound, and the contract has their tau`
        : "the contract's tau is not that of the file",
    },
    {
      name: "powers' checksum",
      isPassed: isSameFile,
      detail: isSameFile
        ? checksum
        : `the file has ${checksum}, the contract names ${setup.checksum}`,
    },
  ];
}

/**
 * Compares the proof system's setup in the contract with what is published: verifying key, proving key, powers of tau.
 *
 * @throws CW2002 to CW2004 for a file that is no sound powers of tau, CW4602 when it cannot be read.
 */
export async function checkSetup(
  question: SetupQuestion,
  setup: ChainSetup,
): Promise<AuditCheck[]> {
  return [
    await checkPublishedKey(question, setup),
    await checkProvingKey(question),
    ...(await checkPowers(question, setup)),
  ];
}
