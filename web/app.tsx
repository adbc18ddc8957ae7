import { Anchor, AppShell, Group, Stack, Text, Title } from "@mantine/core";
import { lazy, type ReactNode, Suspense, useRef, useState } from "react";
import { CommonweightError } from "../services/protocol/errors.ts";
import type { Connection } from "./connection.ts";
import { webErrors } from "./errors.ts";
import { LoadedView } from "./loaded-view.tsx";
import { NavLink } from "./nav-link.tsx";
import { PageBoundary } from "./page-boundary.tsx";
import { ProjectsPage } from "./pages/projects.tsx";
import { type Route, useRoute } from "./route.ts";
import { routeTitle } from "./route-title.ts";
import { SchemeButton } from "./scheme-button.tsx";
import { loadSettings } from "./settings.ts";
import { SetupBanner } from "./setup-banner.tsx";
import { useArrival } from "./use-arrival.ts";
import { useLoaded } from "./use-loaded.ts";

const SettingsPage = lazy(() =>
  import("./pages/settings.tsx").then((module) => ({ default: module.SettingsPage })),
);
const ProjectPage = lazy(() =>
  import("./pages/project.tsx").then((module) => ({ default: module.ProjectPage })),
);
const RoundPage = lazy(() =>
  import("./pages/round.tsx").then((module) => ({ default: module.RoundPage })),
);
const TrainerPage = lazy(() =>
  import("./pages/trainer.tsx").then((module) => ({ default: module.TrainerPage })),
);
const AuditPage = lazy(() =>
  import("./pages/audit.tsx").then((module) => ({ default: module.AuditPage })),
);
const PostPage = lazy(() =>
  import("./post/post-page.tsx").then((module) => ({ default: module.PostPage })),
);

async function connect(): Promise<Connection> {
  const settings = await loadSettings();
  const { openConnection } = await import("./connection.ts");
  return openConnection(settings).catch((cause: unknown) => {
    if (!(cause instanceof CommonweightError) || cause.code !== "CW2200") throw cause;
    throw new CommonweightError(
      webErrors.nodeAway,
      `The node at ${settings.rpcUrl} does not answer`,
      {
        cause,
      },
    );
  });
}

function Page({ route, connection }: { route: Route; connection: Connection }): ReactNode {
  switch (route.page) {
    case "projects":
      return <ProjectsPage connection={connection} />;
    case "post":
      return <PostPage connection={connection} />;
    case "project":
      return <ProjectPage connection={connection} projectId={route.projectId} />;
    case "round":
      return <RoundPage connection={connection} {...route} />;
    case "trainer":
      return <TrainerPage connection={connection} {...route} />;
    case "audit":
      return (
        <AuditPage
          key={String(route.projectId)}
          connection={connection}
          projectId={route.projectId}
        />
      );
    default:
      return (
        <Stack align="flex-start">
          <Title order={1} size="h2">
            There is no such page
          </Title>
          <Text>
            The address does not name a project, a round or a trainer.{" "}
            <Anchor href="#/">See all projects</Anchor>
          </Text>
        </Stack>
      );
  }
}

/** The page: header, honesty banner, and the page of the address bar. */
export function App() {
  const route = useRoute();
  const [settingsVersion, setSettingsVersion] = useState(0);
  const { loaded, reload } = useLoaded(connect, [settingsVersion]);
  const content = useRef<HTMLElement>(null);
  useArrival(route, content);
  return (
    <AppShell header={{ height: 56 }} padding="md">
      <AppShell.Header>
        <Group
          h="100%"
          px={{ base: "xs", xs: "md" }}
          gap="xs"
          justify="space-between"
          wrap="nowrap"
        >
          <Anchor href="#/" fw={700} fz={{ base: "md", xs: "lg" }} c="inherit" underline="never">
            Commonweight
          </Anchor>
          <Group component="nav" aria-label="Main" gap="xs" wrap="nowrap">
            <NavLink href="#/" text="Projects" isHere={route.page === "projects"} />
            <NavLink
              href="#/post"
              text={
                <>
                  Post
                  <Text span inherit visibleFrom="xs">
                    {" a project"}
                  </Text>
                </>
              }
              isHere={route.page === "post"}
            />
            <NavLink href="#/settings" text="Settings" isHere={route.page === "settings"} />
            <SchemeButton visibleFrom="xs" />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Main maw={1080} mx="auto" ref={content} tabIndex={-1} style={{ outline: "none" }}>
        <PageBoundary key={routeTitle(route)}>
          {route.page === "settings" ? (
            <Suspense fallback={<Text role="status">Loading the page…</Text>}>
              <SettingsPage onChange={() => setSettingsVersion((version) => version + 1)} />
            </Suspense>
          ) : (
            <LoadedView loaded={loaded} what="the market" onRetry={reload}>
              {(connection) => (
                <Suspense fallback={<Text role="status">Loading the page…</Text>}>
                  <SetupBanner setup={connection.setup} />
                  <Page route={route} connection={connection} />
                </Suspense>
              )}
            </LoadedView>
          )}
        </PageBoundary>
      </AppShell.Main>
    </AppShell>
  );
}
