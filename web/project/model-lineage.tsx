import { Anchor, Badge, Button, Group, Table, Text } from "@mantine/core";
import type { PublishedModel } from "../../services/adapters/chain/rounds/published-models.ts";
import { shortHex } from "../amounts.ts";
import type { Connection } from "../connection.ts";
import { roundHref } from "../route.ts";
import { saveBytes } from "../save-bytes.ts";
import { ScrollTable } from "../scroll-table.tsx";
import { useNewest } from "../use-newest.tsx";
import type { ProjectHistory } from "./load-history.ts";
import { useModelCheck } from "./use-model-check.ts";

const marks = {
  true: { text: "is the proven model", color: "teal.9" },
  false: { text: "NOT the proven model", color: "red.9" },
  null: { text: "only its hash was checked", color: "gray.7" },
} as const;
/** Of a file that only its readers can open. */
const SEALED = { text: "only its seal was checked", color: "gray.7" } as const;

function ModelRow(props: {
  readonly model: PublishedModel;
  readonly history: ProjectHistory;
  readonly connection: Connection;
}) {
  const { model, history, connection } = props;
  const { state, start } = useModelCheck();
  const { version, roundIndex, cid, commitment } = model;
  const { projectId, owner, terms } = history.project;
  const visibility = terms.modelVisibility;
  const check = () =>
    start({
      ...{ model, projectId, owner, visibility, parameterCount: terms.parameterCount },
      fractionBits: terms.fractionBits,
      gateway: connection.settings.gateway,
      chainId: connection.chain.chainId,
      market: connection.chain.addresses.market,
      isDevelopment: connection.setup.isDevelopment,
    });
  const answer = typeof state === "string" ? null : state;
  const isSealed = visibility === "private" && answer?.check.isPassed === null;
  const mark = isSealed ? SEALED : answer && marks[`${answer.check.isPassed}`];
  const isWithheld = answer?.bytes === null;
  const fileName = `project-${projectId}-model-${version}.${visibility === "private" ? "sealed" : "safetensors"}`;
  return (
    <Table.Tr data-model={version}>
      <Table.Td>{version}</Table.Td>
      <Table.Td>
        {version === 0 ? (
          "the owner"
        ) : (
          <Anchor inherit style={{ whiteSpace: "nowrap" }} href={roundHref(projectId, roundIndex)}>
            round {roundIndex}
          </Anchor>
        )}
      </Table.Td>
      <Table.Td ff="monospace" title={cid} style={{ whiteSpace: "nowrap" }}>
        {cid.slice(0, 10)}…{cid.slice(-6)}
      </Table.Td>
      <Table.Td ff="monospace" title={`0x${commitment.x.toString(16)}`}>
        {shortHex(`0x${commitment.x.toString(16).padStart(64, "0")}`)}
      </Table.Td>
      <Table.Td miw={220}>
        {answer === null ? (
          <Button
            size="xs"
            variant="default"
            loading={state === "running"}
            onClick={check}
            aria-label={`Download and check model ${version}`}
          >
            Download and check
          </Button>
        ) : (
          <Group gap="xs" role="status">
            <Badge
              color={isWithheld ? "red.9" : (mark?.color ?? "gray.7")}
              data-result={String(answer.check.isPassed)}
            >
              {isWithheld ? "not received" : mark?.text}
            </Badge>
            {answer.bytes && answer.check.isPassed !== false && (
              <Button
                size="xs"
                variant="default"
                onClick={() =>
                  saveBytes(fileName, answer.bytes as Uint8Array, "application/octet-stream")
                }
              >
                Save {Math.ceil(answer.bytes.length / 1024).toLocaleString("en")} KiB
              </Button>
            )}
            <Text size="xs" style={{ overflowWrap: "anywhere" }}>
              {answer.check.detail}
            </Text>
          </Group>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

/** The models of a project, newest first: where each came from, and a way to have it checked and saved here. */
export function ModelLineage(props: {
  readonly history: ProjectHistory;
  readonly connection: Connection;
}) {
  const { history } = props;
  const { shown, button } = useNewest(history.models, "models");
  const isPrivate = history.project.terms.modelVisibility === "private";
  return (
    <>
      <ScrollTable
        caption="Models"
        head={["Version", "Made by", "Content", "Commitment (x)", "In your browser"]}
      >
        {[...shown].reverse().map((model) => (
          <ModelRow key={model.version} {...props} model={model} />
        ))}
      </ScrollTable>
      {button}
      <Text size="sm" mt="sm">
        {isPrivate
          ? "The files are sealed to the project’s members. Your browser checks hashes and seals; to open one, use “commonweight owner pull” with a member’s key."
          : "“Download and check” fetches the file, compares the hash of every block with its name on chain, and opens the chain’s commitment with the file’s integers: only the proven model does that."}
      </Text>
    </>
  );
}
