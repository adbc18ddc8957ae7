import { Anchor, Card, Code, Progress, Stack, Table, Text, Title } from "@mantine/core";
import {
  readOpenings,
  readSettlements,
  readSettleRequest,
  readSubmissions,
  readVoidedRounds,
} from "../../services/adapters/chain/history.ts";
import { readProject } from "../../services/adapters/chain/project.ts";
import { unpackOutcome } from "../../services/protocol/public-signals.ts";
import { FIRST_TRAINER_SLOT } from "../../services/protocol/round-terms.ts";
import { exclusionReasons, type SettleRequest } from "../../services/protocol/settlement.ts";
import { Amount } from "../amount.tsx";
import { shortHex } from "../amounts.ts";
import type { Connection } from "../connection.ts";
import { LoadedView } from "../loaded-view.tsx";
import { verdictText } from "../project-words.ts";
import { auditHref, projectHref } from "../route.ts";
import { ScrollTable } from "../scroll-table.tsx";
import { useLoaded } from "../use-loaded.ts";

async function loadRound({ chain, token }: Connection, projectId: bigint, roundIndex: number) {
  const project = await readProject(chain, projectId);
  const [described, [opening], submissions, [settlement], voided] = await Promise.all([
    token(project.terms.rewardToken),
    readOpenings(chain, projectId, roundIndex),
    readSubmissions(chain, projectId, roundIndex),
    readSettlements(chain, projectId, roundIndex),
    readVoidedRounds(chain, projectId),
  ]);
  const request = settlement && (await readSettleRequest(chain, settlement.transactionHash));
  const receipt =
    settlement && (await chain.provider.getTransactionReceipt(settlement.transactionHash));
  return {
    ...{ project, opening, submissions, settlement, request },
    token: described,
    gasUsed: receipt?.gasUsed,
    voidReason: voided.find((each) => each.roundIndex === roundIndex)?.reason,
    outcome: settlement && unpackOutcome(settlement.outcomeWords, project.terms.slots),
  };
}

type RoundFacts = Awaited<ReturnType<typeof loadRound>>;

/** Why a slot could not be read, in the order in which the settlement lists its reasons; undefined if it could. */
export function exclusionOf(request: SettleRequest | undefined, slot: number): string | undefined {
  if (request === undefined || ((request.excludedMask >>> slot) & 1) === 0) return undefined;
  const below = request.excludedMask & ((1 << slot) - 1);
  const place = below.toString(2).replaceAll("0", "").length;
  const reason = request.exclusionReasons[place] as keyof typeof exclusionReasons | undefined;
  return (reason && exclusionReasons[reason]) ?? "unknown";
}

const json = (value: unknown) =>
  JSON.stringify(value, (_, each) => (typeof each === "bigint" ? each.toString() : each), 2);

function Submissions({ facts }: { facts: RoundFacts }) {
  const { submissions, settlement, outcome, request, token } = facts;
  if (submissions.length === 0) return <Text>Nobody has submitted an update yet.</Text>;
  return (
    <ScrollTable
      caption="Updates"
      head={["Slot", "Trainer", "Verdict", "Weight", "Share", "Earned"]}
    >
      {submissions.map(({ slot, trainer }, index) => {
        const place = slot - FIRST_TRAINER_SLOT;
        const verdict = outcome?.verdicts[place];
        const excluded = exclusionOf(request, slot);
        const share = ((outcome?.shares[place] ?? 0) / 65535) * 100;
        const text = excluded
          ? `could not be read: ${excluded}`
          : verdictText(verdict ?? "pending");
        return (
          <Table.Tr key={slot} data-verdict={verdict ?? "pending"}>
            <Table.Td>{slot}</Table.Td>
            <Table.Td ff="monospace" title={trainer}>
              {shortHex(trainer)}
            </Table.Td>
            <Table.Td>{text}</Table.Td>
            <Table.Td>{outcome ? `${outcome.weights[place]} / 1024` : "–"}</Table.Td>
            <Table.Td miw={110}>
              {outcome ? `${share.toFixed(1)} %` : "–"}
              <Progress value={share} size="sm" aria-label={`share of slot ${slot}`} />
            </Table.Td>
            <Table.Td>
              {settlement ? <Amount wei={settlement.earningsWei[index] ?? 0n} unit={token} /> : "–"}
            </Table.Td>
          </Table.Tr>
        );
      })}
    </ScrollTable>
  );
}

function RoundView(props: { facts: RoundFacts; projectId: bigint; roundIndex: number }) {
  const { facts, projectId, roundIndex } = props;
  const { opening, settlement, request, gasUsed, voidReason } = facts;
  if (opening === undefined) {
    return <Text>Round {roundIndex + 1} of this project has not been opened.</Text>;
  }
  return (
    <Stack>
      <Title order={1} size="h2">
        Round {roundIndex + 1} of{" "}
        <Anchor inherit href={projectHref(projectId)}>
          project {String(projectId)}
        </Anchor>
      </Title>
      <Text>
        {voidReason
          ? `This round came to nothing: ${voidReason}.`
          : settlement
            ? "Settled: the contract verified the proof before anybody was paid."
            : "This round is still running."}{" "}
        <Anchor href={auditHref(projectId)}>Verify it yourself</Anchor>
      </Text>
      <Submissions facts={facts} />
      {settlement && request && (
        <Card withBorder component="section">
          <Title order={2} size="h4" mb="sm">
            Settlement
          </Title>
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            Transaction {settlement.transactionHash}, block {settlement.blockNumber},{" "}
            {gasUsed?.toLocaleString("en") ?? "?"} gas, by {settlement.settledBy}.
          </Text>
          <details>
            <summary>Raw proof and statement</summary>
            <Code block tabIndex={0} style={{ maxHeight: 420, overflow: "auto" }}>
              {json(request)}
            </Code>
          </details>
        </Card>
      )}
    </Stack>
  );
}

/** A round: who submitted, what was decided, who was paid. */
export function RoundPage(props: {
  connection: Connection;
  projectId: bigint;
  roundIndex: number;
}) {
  const { connection, projectId, roundIndex } = props;
  const load = () => loadRound(connection, projectId, roundIndex);
  const { loaded, reload } = useLoaded(load, [connection, projectId, roundIndex]);
  return (
    <LoadedView loaded={loaded} what={`round ${roundIndex + 1}`} onRetry={reload}>
      {(facts) => <RoundView facts={facts} projectId={projectId} roundIndex={roundIndex} />}
    </LoadedView>
  );
}
