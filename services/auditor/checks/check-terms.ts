import type { Project } from "../../adapters/chain/projects/project.ts";
import type { PostedProject } from "../../adapters/chain/projects/project-posting.ts";
import { isSameAddress } from "../../protocol/address.ts";
import type { AuditCheck } from "../audit-check.ts";

type Posted = Pick<
  PostedProject,
  "owner" | "terms" | "termsHash" | "recomputedTermsHash" | "rewardToken"
>;

/** Whether the terms that the project was posted with, which all other checks go by, are those that the contract goes by. */
export function checkTerms(posted: Posted, project: Pick<Project, "owner" | "terms">): AuditCheck {
  const different = differentTerm(posted, project);
  const isHashed = posted.termsHash === posted.recomputedTermsHash;
  return {
    name: "terms",
    isPassed: isHashed && different === undefined,
    detail: !isHashed
      ? `the posted terms have the hash ${posted.recomputedTermsHash}, the event says ${posted.termsHash}`
      : different !== undefined
        ? `the project was posted with ${different} in another way than the contract has it`
        : `posted by ${posted.owner}, and the contract has the same: ${posted.termsHash}`,
  };
}

function differentTerm(
  posted: Posted,
  { owner, terms }: Pick<Project, "owner" | "terms">,
): string | undefined {
  if (!isSameAddress(posted.owner, owner)) return "owner";
  if (!isSameAddress(posted.rewardToken, terms.rewardToken)) return "rewardToken";
  const names = Object.keys(terms) as (keyof typeof terms)[];
  return names.find((name) => String(posted.terms[name]) !== String(terms[name]));
}
