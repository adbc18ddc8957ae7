import { Anchor, List, Stack, Table, Text, Title } from "@mantine/core";
import { isSameAddress } from "../../services/protocol/address.ts";
import { percentText } from "../../services/protocol/percent-text.ts";
import { Amount } from "../amount.tsx";
import { shortHex } from "../amounts.ts";
import type { Connection } from "../connection.ts";
import { LoadedView } from "../loaded-view.tsx";
import { loadHistory, type ProjectHistory } from "../project/load-history.ts";
import { participantRows } from "../project/participant-rows.ts";
import { reliabilityText } from "../project/participants-table.tsx";
import { ReliabilityCurve } from "../project/reliability-curve.tsx";
import { statementRows } from "../project/statement-rows.ts";
import { verdictText } from "../project-words.ts";
import { projectHref, roundHref } from "../route.ts";
import { ScrollTable } from "../scroll-table.tsx";
import { Section } from "../section.tsx";
import { useLoaded } from "../use-loaded.ts";
import { useNewest } from "../use-newest.tsx";
import { useRefresh } from "../use-refresh.ts";

function Rounds({ history, trainer }: { history: ProjectHistory; trainer: string }) {
  const { project, token } = history;
  const rows = statementRows({ ...history, terms: project.terms }, trainer);
  const { shown, button } = useNewest(rows, "rounds");
  if (rows.length === 0)
    return <Text>No round with an update of this trainer is settled yet.</Text>;
  return (
    <>
      <ScrollTable
        caption="Rounds of the trainer"
        head={["Round", "Verdict", "Weight", "Share", "Earned", "Why"]}
      >
        {shown.map((row) => (
          <Table.Tr key={row.roundIndex} data-statement={row.verdict}>
            <Table.Td style={{ whiteSpace: "nowrap" }}>
              <Anchor inherit href={roundHref(project.projectId, row.roundIndex)}>
                Round {row.roundIndex}
              </Anchor>
            </Table.Td>
            <Table.Td miw={130}>{verdictText(row.verdict)}</Table.Td>
            <Table.Td style={{ whiteSpace: "nowrap" }}>{row.weight} / 1024</Table.Td>
            <Table.Td style={{ whiteSpace: "nowrap" }}>{percentText(row.share)}</Table.Td>
            <Table.Td>
              <Amount wei={row.earnedWei} unit={token} />
            </Table.Td>
            <Table.Td miw={280} fz="sm">
              {row.reason}
            </Table.Td>
          </Table.Tr>
        ))}
      </ScrollTable>
      {button}
    </>
  );
}

/** What the vault paid to the trainer's payout address for this project: earnings and, at the end, the stake. */
function Transfers({ history, payee }: { history: ProjectHistory; payee: string }) {
  const moves = history.moves.filter(
    ({ kind, account }) => kind !== "deposited" && isSameAddress(account, payee),
  );
  if (moves.length === 0) return <Text>Nothing has been transferred to its address yet.</Text>;
  return (
    <ScrollTable caption="Transfers" head={["Block", "Amount", "State", "Transaction"]}>
      {moves.map((move) => (
        <Table.Tr key={`${move.transactionHash} ${move.kind} ${move.amountWei}`}>
          <Table.Td>{move.blockNumber}</Table.Td>
          <Table.Td>
            <Amount wei={move.amountWei} unit={history.token} />
          </Table.Td>
          <Table.Td>
            {move.kind === "paid"
              ? "transferred"
              : "refused by the payee, kept for it in the vault"}
          </Table.Td>
          <Table.Td ff="monospace" title={move.transactionHash}>
            {shortHex(move.transactionHash)}
          </Table.Td>
        </Table.Tr>
      ))}
    </ScrollTable>
  );
}

function Summary({ history, trainer }: { history: ProjectHistory; trainer: string }) {
  const { trainers, token, project } = history;
  const rows = participantRows({ ...history, slots: project.terms.slots });
  const row = rows.find((each) => isSameAddress(each.trainer, trainer));
  const present = trainers.find((each) => isSameAddress(each.trainer, trainer));
  if (row === undefined) return <Text>This account never joined the project.</Text>;
  return (
    <List size="sm" spacing={4}>
      <List.Item>
        {row.state}; {row.submitted} updates handed in, {row.accepted} accepted, {row.removed}{" "}
        removed.
      </List.Item>
      <List.Item>
        Earned <Amount wei={row.earnedWei} unit={token} /> in settled rounds
        {present && (
          <>
            , of which <Amount wei={present.earnedWei} unit={token} /> are credited and not yet
            transferred; a stake of <Amount wei={present.stakeWei} unit={token} /> is held
          </>
        )}
        .
      </List.Item>
      <List.Item>
        Reliability here {reliabilityText(row.joinedWith)} when it joined,{" "}
        {reliabilityText(row.reliability)} {present ? "now" : "when it left"};{" "}
        {reliabilityText(row.overall)} in all projects.
      </List.Item>
    </List>
  );
}

function Statement(props: {
  readonly history: ProjectHistory;
  readonly connection: Connection;
  readonly trainer: string;
}) {
  const { history, trainer } = props;
  const { projectId } = history.project;
  const payee = history.participants.find(({ account }) => isSameAddress(account, trainer));
  return (
    <Stack>
      <div>
        <Title order={1} size="h2">
          A trainer of{" "}
          <Anchor inherit href={projectHref(projectId)}>
            project {String(projectId)}
          </Anchor>
        </Title>
        <Text ff="monospace" size="sm" style={{ overflowWrap: "anywhere" }}>
          {trainer}
        </Text>
      </div>
      <Summary history={history} trainer={trainer} />
      <Section title="Round by round">
        <Rounds history={history} trainer={trainer} />
      </Section>
      <Section title="Reliability">
        <ReliabilityCurve {...props} />
      </Section>
      {payee && (
        <Section title="What reached its address">
          <Transfers history={history} payee={payee.payoutAddress} />
          <Text size="sm" mt="sm" style={{ overflowWrap: "anywhere" }}>
            Earnings, and at the end the stake, to its payout address of today:{" "}
            {payee.payoutAddress}.
          </Text>
        </Section>
      )}
    </Stack>
  );
}

/** A trainer's part in a project: what it did, what it was paid, and why. */
export function TrainerPage(props: {
  readonly connection: Connection;
  readonly projectId: bigint;
  readonly trainer: string;
}) {
  const { connection, projectId, trainer } = props;
  const load = () => loadHistory(connection, projectId);
  const { loaded, reload, refresh } = useLoaded(load, [connection, projectId]);
  useRefresh(refresh, loaded.state === "ready" && loaded.value.project.phase !== "ended");
  return (
    <LoadedView loaded={loaded} what="the trainer’s statement" onRetry={reload}>
      {(history) => <Statement {...{ history, connection, trainer }} />}
    </LoadedView>
  );
}
