import { Button, Code, Group, Text } from "@mantine/core";
import type { SettleRequest } from "../../services/protocol/round/settlement.ts";
import { saveBytes } from "../save-bytes.ts";

const json = (value: unknown) =>
  JSON.stringify(value, (_, each) => (typeof each === "bigint" ? each.toString() : each), 2);

/** What the settlement sent, as it stands in the transaction. */
export function RawProof({ request }: { request: SettleRequest }) {
  const text = json(request);
  const name = `round-${request.projectId}-${request.roundIndex}.json`;
  return (
    <details>
      <Text component="summary" size="sm">
        Both proofs and what they are about, as sent
      </Text>
      <Group my="xs">
        <Button
          size="xs"
          variant="default"
          onClick={() => saveBytes(name, new TextEncoder().encode(text), "application/json")}
        >
          Save as JSON
        </Button>
      </Group>
      <Code block tabIndex={0} style={{ maxHeight: 420, overflow: "auto" }}>
        {text}
      </Code>
    </details>
  );
}
