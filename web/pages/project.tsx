import { Anchor, Badge, Button, Card, Group, List, Stack, Table, Text, Title } from "@mantine/core";
import {
  type OpenedRound,
  type PublishedModel,
  readModels,
  readOpenings,
  readSettlements,
  readVoidedRounds,
  type Settlement,
  type VoidedRound,
} from "../../services/adapters/chain/history.ts";
import {
  type Project,
  type ProjectTrainer,
  readProject,
  readTrainers,
} from "../../services/adapters/chain/project.ts";
import type { TokenDescription } from "../../services/adapters/chain/token.ts";
import { unpackOutcome } from "../../services/protocol/public-signals.ts";
import { Amount } from "../amount.tsx";
import { shortHex } from "../amounts.ts";
import type { Connection } from "../connection.ts";
import { LoadedView } from "../loaded-view.tsx";
import { phaseText, termSentences } from "../project-words.ts";
import { auditHref, roundHref } from "../route.ts";
import { ScrollTable } from "../scroll-table.tsx";
import { useLoaded } from "../use-loaded.ts";

interface ProjectHistory {
  readonly project: Project;
  readonly token: TokenDescription;
  readonly trainers: readonly ProjectTrainer[];
  readonly openings: readonly OpenedRound[];
  readonly settlements: readonly Settlement[];
  readonly models: readonly PublishedModel[];
  readonly voided: readonly VoidedRound[];
}

async function loadHistory(
  { chain, token }: Connection,
  projectId: bigint,
): Promise<ProjectHistory> {
  const project = await readProject(chain, projectId);
  const [described, trainers, openings, settlements, models, voided] = await Promise.all([
    token(project.terms.rewardToken),
    readTrainers(chain, projectId),
    readOpenings(chain, projectId),
    readSettlements(chain, projectId),
    readModels(chain, projectId),
    readVoidedRounds(chain, projectId),
  ]);
  return { project, token: described, trainers, openings, settlements, models, voided };
}

/** What each trainer earned over all settled rounds, the highest first. */
export function payStatement(settlements: readonly Settlement[]) {
  const earned = new Map<string, { wei: bigint; rounds: number }>();
  for (const { trainers, earningsWei } of settlements) {
    trainers.forEach((trainer, index) => {
      const before = earned.get(trainer) ?? { wei: 0n, rounds: 0 };
      const wei = earningsWei[index] as bigint;
      earned.set(trainer, { wei: before.wei + wei, rounds: before.rounds + 1 });
    });
  }
  return [...earned]
    .map(([trainer, each]) => ({ trainer, ...each }))
    .sort((one, other) => Number(other.wei > one.wei) - Number(other.wei < one.wei));
}

function Timeline({ history }: { history: ProjectHistory }) {
  const { project, openings, settlements, voided, token } = history;
  if (openings.length === 0) return <Text>No round has been opened yet.</Text>;
  return (
    <ScrollTable caption="Rounds" head={["Round", "State", "Accepted", "Paid", "Budget"]}>
      {openings.map(({ roundIndex }) => {
        const settled = settlements.find((each) => each.roundIndex === roundIndex);
        const ended = voided.find((each) => each.roundIndex === roundIndex);
        const verdicts = settled
          ? unpackOutcome(settled.outcomeWords, project.terms.slots).verdicts
          : [];
        const accepted = verdicts.filter((verdict) => verdict === "accepted").length;
        return (
          <Table.Tr key={roundIndex}>
            <Table.Td>
              <Anchor href={roundHref(project.projectId, roundIndex)}>
                Round {roundIndex + 1}
              </Anchor>
            </Table.Td>
            <Table.Td>{ended ? `void: ${ended.reason}` : settled ? "settled" : "running"}</Table.Td>
            <Table.Td>{settled ? `${accepted} of ${settled.trainers.length}` : "–"}</Table.Td>
            <Table.Td>{settled ? <Amount wei={settled.paidWei} unit={token} /> : "–"}</Table.Td>
            <Table.Td>{settled ? <Amount wei={settled.budgetWei} unit={token} /> : "–"}</Table.Td>
          </Table.Tr>
        );
      })}
    </ScrollTable>
  );
}

function Escrow({ history }: { history: ProjectHistory }) {
  const { project, settlements, token } = history;
  const paidWei = settlements.reduce((sum, { paidWei }) => sum + paidWei, 0n);
  const rows = [
    ["Paid to trainers so far", paidWei],
    ["Reward left for coming rounds", project.rewardLeftWei],
    ["In escrow now, with fees", project.escrowWei],
    ["Aggregators' bonds", project.bondsWei.reduce((sum, wei) => sum + wei, 0n)],
  ] as const;
  return (
    <ScrollTable caption="Where the money is" head={["What", "How much"]}>
      {rows.map(([name, wei]) => (
        <Table.Tr key={name}>
          <Table.Td>{name}</Table.Td>
          <Table.Td>
            <Amount wei={wei} unit={token} />
          </Table.Td>
        </Table.Tr>
      ))}
    </ScrollTable>
  );
}

function Pay({ history }: { history: ProjectHistory }) {
  const statement = payStatement(history.settlements);
  if (statement.length === 0) return <Text>Nobody has been paid yet.</Text>;
  const now = new Map(history.trainers.map((each) => [each.trainer.toLowerCase(), each]));
  return (
    <ScrollTable
      caption="Pay per trainer"
      head={["Trainer", "Rounds", "Earned", "Reliability", "Now"]}
    >
      {statement.map(({ trainer, wei, rounds }) => {
        const member = now.get(trainer.toLowerCase());
        return (
          <Table.Tr key={trainer}>
            <Table.Td ff="monospace" title={trainer}>
              {shortHex(trainer)}
            </Table.Td>
            <Table.Td>{rounds}</Table.Td>
            <Table.Td>
              <Amount wei={wei} unit={history.token} />
            </Table.Td>
            <Table.Td>{member?.reliability ?? "–"}</Table.Td>
            <Table.Td>{member?.status ?? "left"}</Table.Td>
          </Table.Tr>
        );
      })}
    </ScrollTable>
  );
}

function Lineage({ models, gateway }: { models: readonly PublishedModel[]; gateway: string }) {
  return (
    <ScrollTable caption="Models" head={["Version", "Made by", "Content", "Commitment (x)"]}>
      {models.map(({ version, roundIndex, cid, commitment }) => (
        <Table.Tr key={version}>
          <Table.Td>{version}</Table.Td>
          <Table.Td>{version === 0 ? "the owner" : `round ${roundIndex + 1}`}</Table.Td>
          <Table.Td ff="monospace" style={{ overflowWrap: "anywhere" }}>
            <Anchor inherit href={`${gateway}/ipfs/${encodeURIComponent(cid)}?format=raw`}>
              {cid}
            </Anchor>
          </Table.Td>
          <Table.Td ff="monospace">{shortHex(`0x${commitment.x.toString(16)}`)}</Table.Td>
        </Table.Tr>
      ))}
    </ScrollTable>
  );
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <Card withBorder component="section">
      <Title order={2} size="h4" mb="sm">
        {title}
      </Title>
      {children}
    </Card>
  );
}

function ProjectView({ history, gateway }: { history: ProjectHistory; gateway: string }) {
  const { project, token, models } = history;
  const { terms, projectId } = project;
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          Project {String(projectId)}
        </Title>
        <Group>
          <Badge color={project.phase === "ended" ? "gray.7" : "indigo.8"}>
            {phaseText(project.phase)}
          </Badge>
          <Button component="a" href={auditHref(projectId)}>
            Verify this project
          </Button>
        </Group>
      </Group>
      <Section title="Terms">
        <List size="sm" spacing={4}>
          <List.Item>
            Each round distributes <Amount wei={terms.budgetPerRoundWei} unit={token} />; whoever
            takes part stakes <Amount wei={terms.stakeWei} unit={token} />.
          </List.Item>
          {termSentences(terms).map((sentence) => (
            <List.Item key={sentence}>{sentence}</List.Item>
          ))}
        </List>
      </Section>
      <Section title="Rounds">
        <Timeline history={history} />
      </Section>
      <Section title="Where the money is">
        <Escrow history={history} />
      </Section>
      <Section title="Pay per trainer">
        <Pay history={history} />
      </Section>
      <Section title="Models">
        <Lineage models={models} gateway={gateway} />
        <Text size="sm" mt="sm">
          A download is not checked by your browser; “Verify this project” downloads and checks. The
          page shows no accuracy: it is measured off chain, by participants, and no proof covers it.
        </Text>
      </Section>
    </Stack>
  );
}

/** A project: its terms, its rounds, where the money is. */
export function ProjectPage(props: { connection: Connection; projectId: bigint }) {
  const { connection, projectId } = props;
  const load = () => loadHistory(connection, projectId);
  const { loaded, reload } = useLoaded(load, [connection, projectId]);
  return (
    <LoadedView loaded={loaded} what={`project ${projectId}`} onRetry={reload}>
      {(history) => <ProjectView history={history} gateway={connection.settings.gateway} />}
    </LoadedView>
  );
}
