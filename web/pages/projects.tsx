import {
  Anchor,
  Badge,
  Button,
  Card,
  Group,
  NativeSelect,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useState } from "react";
import {
  countProjects,
  type Project,
  readProjects,
} from "../../services/adapters/chain/projects/project.ts";
import type { TokenUnit } from "../../services/protocol/market/token-amount.ts";
import { Amount } from "../amount.tsx";
import { shortHex } from "../amounts.ts";
import type { Connection } from "../connection.ts";
import { LoadedView } from "../loaded-view.tsx";
import { AccuracySparkline } from "../project/accuracy-sparkline.tsx";
import { PaySoFar } from "../project/pay-so-far.tsx";
import { phaseText, ruleName } from "../project-words.ts";
import { auditHref, projectHref } from "../route.ts";
import { useLoaded } from "../use-loaded.ts";
import { PROJECTS_AT_ONCE, readNewest } from "./newest-projects.ts";

interface ListedProject {
  readonly project: Project;
  readonly token: TokenUnit;
}

/** Titles by project: the owners' own words. */
type Titles = ReadonlyMap<bigint, string>;

interface ProjectList {
  /** How many the market has. */
  readonly count: number;
  readonly listed: readonly ListedProject[];
}

async function loadProjects({ chain, unit }: Connection, most: number): Promise<ProjectList> {
  const count = await countProjects(chain);
  const projects = await readNewest({
    ...{ count, most },
    read: (firstId, limit) => readProjects(chain, firstId, limit),
  });
  const listed = await Promise.all(
    projects.map(async (project) => ({ project, token: await unit(project.terms.rewardToken) })),
  );
  return { count, listed };
}

type Order = "newest" | "budget" | "rounds";
const orders: Record<Order, (one: Project, other: Project) => number> = {
  newest: (one, other) => Number(other.projectId - one.projectId),
  budget: (one, other) =>
    Number(other.escrowWei > one.escrowWei) - Number(other.escrowWei < one.escrowWei),
  rounds: (one, other) => other.appliedRounds - one.appliedRounds,
};

/** Projects that match a search, in an order. */
export function selectProjects(
  listed: readonly ListedProject[],
  choice: { readonly search: string; readonly state: string; readonly order: Order },
  titles: Titles = new Map(),
): ListedProject[] {
  const search = choice.search.trim().toLowerCase();
  return listed
    .filter(({ project }) =>
      `${project.projectId} ${titles.get(project.projectId) ?? ""} ${project.owner} ${ruleName(project.terms.ruleId)}`
        .toLowerCase()
        .includes(search),
    )
    .filter(({ project }) =>
      choice.state === "all" ? true : (project.phase === "ended") === (choice.state === "ended"),
    )
    .sort((one, other) => orders[choice.order](one.project, other.project));
}

function ProjectCard(props: {
  readonly listed: ListedProject;
  readonly title: string | undefined;
  readonly connection: Connection;
}) {
  const { listed, title, connection } = props;
  const { project, token } = listed;
  const { projectId, terms, phase, appliedRounds, escrowWei, owner } = project;
  return (
    <Card withBorder component="li" data-project={String(projectId)}>
      <Group justify="space-between" align="flex-start">
        <div style={{ minWidth: 0 }}>
          <Title order={2} size="h4" style={{ overflowWrap: "anywhere" }}>
            <Anchor href={projectHref(projectId)} inherit>
              {title ?? `Project ${projectId}`}
            </Anchor>
          </Title>
          <Text size="sm">
            {title !== undefined && `Project ${projectId}: `}
            {ruleName(terms.ruleId)}, {terms.parameterCount.toLocaleString("en")} parameters, owner{" "}
            {shortHex(owner)}
          </Text>
        </div>
        <Badge color={phase === "ended" ? "gray.7" : "indigo.8"}>{phaseText(phase)}</Badge>
      </Group>
      <Group mt="sm" gap="lg">
        <Text size="sm">
          {appliedRounds} of {terms.rounds} rounds
        </Text>
        <Text size="sm">
          <Amount wei={terms.budgetPerRoundWei} unit={token} /> a round
        </Text>
        <Text size="sm">
          <Amount wei={escrowWei} unit={token} /> in escrow
        </Text>
        <PaySoFar projectId={projectId} token={token} connection={connection} />
        <AccuracySparkline project={project} connection={connection} />
        <Anchor size="sm" href={auditHref(projectId)}>
          Verify this project
        </Anchor>
      </Group>
    </Card>
  );
}

/** Reads titles once the list is there; whatever has no readable manifest goes by its number. */
function useTitles(connection: Connection, listed: readonly ListedProject[]): Titles {
  const { loaded } = useLoaded(async () => {
    if (listed.length === 0) return new Map<bigint, string>();
    const { loadTitles } = await import("../load-titles.ts");
    return loadTitles(
      connection,
      listed.map(({ project }) => project.projectId),
    );
  }, [connection, listed.length]);
  return loaded.state === "ready" ? loaded.value : new Map();
}

/** The market's projects, the newest first, and more of them when asked for. */
export function ProjectsPage({ connection }: { connection: Connection }) {
  const [most, setMost] = useState(PROJECTS_AT_ONCE);
  const { loaded, reload, refresh } = useLoaded(
    () => loadProjects(connection, most),
    [connection, most],
  );
  const titles = useTitles(connection, loaded.state === "ready" ? loaded.value.listed : []);
  const showMore = () => {
    setMost(most + PROJECTS_AT_ONCE);
    refresh();
  };
  const [search, setSearch] = useState("");
  const [state, setState] = useState("all");
  const [order, setOrder] = useState<Order>("newest");
  return (
    <Stack>
      <Title order={1} size="h2">
        Projects
      </Title>
      <Group align="flex-end">
        <TextInput
          label="Search"
          placeholder="title, number, owner or rule"
          w={260}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <NativeSelect
          label="State"
          data={["all", "running", "ended"]}
          value={state}
          onChange={(event) => setState(event.currentTarget.value)}
        />
        <NativeSelect
          label="Order"
          data={["newest", "budget", "rounds"]}
          value={order}
          onChange={(event) => setOrder(event.currentTarget.value as Order)}
        />
      </Group>
      <LoadedView loaded={loaded} what="projects" onRetry={reload}>
        {({ count, listed }) => {
          const selected = selectProjects(listed, { search, state, order }, titles);
          if (listed.length === 0) {
            return (
              <Text>
                Nobody has posted a project yet. <Anchor href="#/post">Post the first one</Anchor>
              </Text>
            );
          }
          return (
            <Stack>
              {selected.length === 0 && <Text>No project matches.</Text>}
              <Stack component="ul" p={0} m={0} style={{ listStyle: "none" }}>
                {selected.map((each) => (
                  <ProjectCard
                    key={String(each.project.projectId)}
                    listed={each}
                    title={titles.get(each.project.projectId)}
                    connection={connection}
                  />
                ))}
              </Stack>
              {listed.length < count && (
                <Group>
                  <Text size="sm">
                    The newest {listed.length} of {count} projects.
                  </Text>
                  <Button size="xs" variant="default" onClick={showMore}>
                    Show older ones
                  </Button>
                </Group>
              )}
            </Stack>
          );
        }}
      </LoadedView>
    </Stack>
  );
}
