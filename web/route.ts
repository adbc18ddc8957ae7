import { useSyncExternalStore } from "react";

/** What the address bar asks for. */
export type Route =
  | { readonly page: "projects" | "post" | "settings" }
  | { readonly page: "project" | "audit"; readonly projectId: bigint }
  | { readonly page: "round"; readonly projectId: bigint; readonly roundIndex: number }
  | { readonly page: "trainer"; readonly projectId: bigint; readonly trainer: string }
  | { readonly page: "unknown" };

/** Reads a route from the part of the address after `#`. Anything else is `unknown`, never an error. */
export function parseRoute(hash: string): Route {
  const parts = hash.replace(/^#?\/?/, "").split("/");
  if (parts.length === 1 && parts[0] === "") return { page: "projects" };
  if (parts.length === 1 && parts[0] === "post") return { page: "post" };
  if (parts.length === 1 && parts[0] === "settings") return { page: "settings" };
  const isNumber = (text: string | undefined) => /^(0|[1-9][0-9]{0,15})$/.test(text ?? "");
  if (parts[0] !== "project" || !isNumber(parts[1])) return { page: "unknown" };
  const projectId = BigInt(parts[1] as string);
  if (parts.length === 2) return { page: "project", projectId };
  if (parts.length === 3 && parts[2] === "audit") return { page: "audit", projectId };
  if (parts.length === 4 && parts[2] === "round" && isNumber(parts[3])) {
    return { page: "round", projectId, roundIndex: Number(parts[3]) };
  }
  if (parts.length === 4 && parts[2] === "trainer" && /^0x[0-9a-fA-F]{40}$/.test(parts[3] ?? "")) {
    return { page: "trainer", projectId, trainer: parts[3] as string };
  }
  return { page: "unknown" };
}

/** The address of a project's page. */
export const projectHref = (projectId: bigint) => `#/project/${projectId}`;

/** The address of a round's page. */
export const roundHref = (projectId: bigint, roundIndex: number) =>
  `#/project/${projectId}/round/${roundIndex}`;

/** The address of a trainer's statement in a project. */
export const trainerHref = (projectId: bigint, trainer: string) =>
  `#/project/${projectId}/trainer/${trainer}`;

/** The address of a project's audit. */
export const auditHref = (projectId: bigint) => `#/project/${projectId}/audit`;

const subscribe = (onChange: () => void) => {
  window.addEventListener("hashchange", onChange);
  return () => window.removeEventListener("hashchange", onChange);
};

/** The current route; renders again when it changes. */
export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(subscribe, () => window.location.hash));
}
