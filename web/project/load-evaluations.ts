import { fetchEvaluations } from "../../services/adapters/aggregator-client.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";
import type { Connection } from "../connection.ts";
import {
  checkEvaluations,
  type EvaluationClaim,
  type EvaluationSubject,
} from "./check-evaluations.ts";

/** Claims about a project's models; a server that has none, or is away, says nothing about the project. */
export type EvaluationClaims =
  | { readonly claims: readonly EvaluationClaim[]; readonly away: null }
  | { readonly claims: readonly []; readonly away: string };

/** Asks the server of Settings for the referee's claims, and checks each one's signature and model. */
export async function loadEvaluations(
  { chain, settings }: Connection,
  project: Omit<EvaluationSubject, "chainId" | "market">,
): Promise<EvaluationClaims> {
  try {
    const { evaluations } = await fetchEvaluations(settings.gateway, project.projectId);
    const { chainId, addresses } = chain;
    const subject = { ...project, chainId, market: addresses.market };
    return { claims: checkEvaluations(evaluations, subject), away: null };
  } catch (error) {
    if (!(error instanceof CommonweightError)) throw error;
    return { claims: [], away: error.message };
  }
}
