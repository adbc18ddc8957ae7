import type { Route } from "./route.ts";

function pageTitle(route: Route): string {
  switch (route.page) {
    case "projects":
      return "Projects";
    case "post":
      return "Post a project";
    case "settings":
      return "Settings";
    case "project":
      return `Project ${route.projectId}`;
    case "round":
      return `Round ${route.roundIndex} of project ${route.projectId}`;
    case "trainer":
      return `A trainer of project ${route.projectId}`;
    case "audit":
      return `Verify project ${route.projectId}`;
    default:
      return "No such page";
  }
}

/** What the browser's tab and history call a page; the page's own name comes first. */
export const routeTitle = (route: Route) => `${pageTitle(route)} – Commonweight`;
