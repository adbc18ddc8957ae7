import { Anchor, List, Text } from "@mantine/core";
import { voidWords } from "../../services/protocol/market/void-words.ts";
import { Amount } from "../amount.tsx";
import type { Connection } from "../connection.ts";
import { phaseText } from "../project-words.ts";
import { auditHref, projectHref } from "../route.ts";
import { JobNote } from "./job-note.tsx";
import type { RoundFacts } from "./load-round.ts";

const people = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

/** What came of a round, in sentences. */
export function RoundSummary(props: {
  readonly facts: RoundFacts;
  readonly roundIndex: number;
  readonly connection: Connection;
}) {
  const { facts, roundIndex, connection } = props;
  const jobCid = facts.opening?.jobCid ?? "";
  const { project, submissions, settlement, outcome, ended, token } = facts;
  const verdicts = outcome?.verdicts.slice(0, submissions.length) ?? [];
  const accepted = verdicts.filter((verdict) => verdict === "accepted").length;
  const unread = verdicts.filter((verdict) => verdict === "inactive").length;
  const isRunning = settlement === undefined && ended === undefined;
  return (
    <List size="sm" spacing={4} data-round={ended ? "void" : isRunning ? "running" : "settled"}>
      <List.Item>
        {people(submissions.length, "trainer has", "trainers have")} handed in an update.
      </List.Item>
      {jobCid !== "" && <JobNote jobCid={jobCid} connection={connection} />}
      {isRunning && <List.Item>The round is not over: {phaseText(project.phase)}.</List.Item>}
      {ended && (
        <List.Item>
          It came to nothing: {voidWords(ended.reason)}. Nobody’s stake or reliability was touched,
          and its budget stays for coming rounds.
        </List.Item>
      )}
      {settlement && (
        <>
          <List.Item>
            {accepted} accepted, {submissions.length - accepted - unread} removed by the rule
            {unread > 0
              ? `, ${unread} that could not be read, whose part of the budget stays in escrow`
              : ""}
            . A proof shows that this follows from the updates; the contract verified it before
            anybody was paid.
          </List.Item>
          <List.Item>
            Paid: <Amount wei={settlement.paidWei} unit={token} /> of a budget of{" "}
            <Amount wei={settlement.budgetWei} unit={token} />
            {settlement.budgetWei > settlement.paidWei && (
              <>
                ; the rest, <Amount wei={settlement.budgetWei - settlement.paidWei} unit={token} />,
                stays in escrow for what comes
              </>
            )}
            .
          </List.Item>
        </>
      )}
      <List.Item>
        <Anchor inherit href={auditHref(project.projectId)}>
          Verify it yourself
        </Anchor>
        , or on the command line:{" "}
        <Text span ff="monospace" size="xs">
          commonweight audit {String(project.projectId)} --round {roundIndex}
        </Text>{" "}
        (the command line counts rounds from 0). All of{" "}
        <Anchor inherit href={projectHref(project.projectId)}>
          project {String(project.projectId)}
        </Anchor>
        .
      </List.Item>
    </List>
  );
}
