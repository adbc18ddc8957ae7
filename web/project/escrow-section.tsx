import { List, Stack, Table, Text } from "@mantine/core";
import {
  type EscrowFlow,
  escrowFlow,
  type MoneyRow,
} from "../../services/auditor/evidence/escrow-flow.ts";
import { amountText } from "../../services/protocol/market/token-amount.ts";
import { Amount } from "../amount.tsx";
import { SeriesKey } from "../charts/stacked-bars.tsx";
import { ScrollTable } from "../scroll-table.tsx";
import type { ProjectHistory } from "./load-history.ts";
import { PayeesTable } from "./payees-table.tsx";

const names: Record<MoneyRow["kind"], string> = {
  rewards: "Rewards for trainers",
  fees: "Fees for aggregators",
  stakes: "Trainers’ stakes",
  bonds: "Aggregators’ bonds",
};

const sinks = [
  { key: "paidWei", name: "paid or given back", colour: "light-dark(#2b8a3e, #69db7c)" },
  { key: "refundedWei", name: "refunded to the owner", colour: "light-dark(#1971c2, #74c0fc)" },
  { key: "burnedWei", name: "burned", colour: "light-dark(#c92a2a, #ff8787)" },
  { key: "heldWei", name: "still in escrow", colour: "light-dark(#868e96, #adb5bd)" },
] as const;

const part = (wei: bigint, wholeWei: bigint) =>
  wholeWei === 0n ? 0 : Number((wei * 100_000n) / wholeWei) / 1000;

/** Where one kind of money went, as parts of all of it; the table below has the same in numbers. */
function FlowBar({ row }: { row: MoneyRow }) {
  let left = 0;
  return (
    <svg width="100%" height={18} aria-hidden>
      {sinks.map(({ key, colour }) => {
        const width = part(row[key], row.inWei + row.movedWei);
        const x = left;
        left += width;
        return (
          <rect
            key={key}
            x={`${x}%`}
            // What is there at all is to be seen.
            width={width === 0 ? 0 : `${Math.max(width, 0.5)}%`}
            height={18}
            style={{ fill: colour }}
          />
        );
      })}
    </svg>
  );
}

function FlowChecks({ flow }: { flow: EscrowFlow }) {
  const failed = flow.checks.filter(({ isPassed }) => isPassed !== true);
  return (
    <div data-escrow={failed.length === 0 ? "balanced" : "unbalanced"}>
      <Text size="sm" fw={600}>
        {failed.length === 0
          ? "Every wei is accounted for: what the market’s events say is what the vault moved and holds."
          : `${failed.length} of ${flow.checks.length} sums do not agree with the vault’s books.`}
      </Text>
      <details>
        <Text component="summary" size="sm">
          The {flow.checks.length} sums that were compared
        </Text>
        <List size="sm">
          {flow.checks.map(({ name, isPassed, detail }) => (
            <List.Item key={name} style={{ overflowWrap: "anywhere" }}>
              {name}: {isPassed ? "agrees" : "DOES NOT AGREE"} – {detail}
            </List.Item>
          ))}
        </List>
      </details>
    </div>
  );
}

/** Where every wei of a project is, and whether the vault agrees. */
export function EscrowSection({ history }: { history: ProjectHistory }) {
  const { token } = history;
  const flow = escrowFlow(history);
  const hasMoved = flow.rows.some(({ movedWei }) => movedWei !== 0n);
  return (
    <Stack gap="sm">
      <div>
        {flow.rows.map((row) => (
          <div key={row.kind}>
            <Text size="sm">
              {names[row.kind]}: {amountText(row.inWei, token)} came in
            </Text>
            <FlowBar row={row} />
          </div>
        ))}
        <Text component="div" size="sm" display="flex" style={{ gap: 16, flexWrap: "wrap" }}>
          {sinks.map((sink) => (
            <SeriesKey key={sink.key} series={sink} />
          ))}
        </Text>
      </div>
      <ScrollTable
        caption="Where the money is"
        head={[
          ...["Money", "Came in", ...(hasMoved ? ["Forfeited"] : [])],
          ...["Paid or given back", "Refunded", "Burned", "Still in escrow"],
        ]}
      >
        {flow.rows.map((row) => (
          <Table.Tr key={row.kind}>
            <Table.Th scope="row">{names[row.kind]}</Table.Th>
            {[
              row.inWei,
              ...(hasMoved ? [row.movedWei] : []),
              ...sinks.map(({ key }) => row[key]),
            ].map((wei, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns never move
              <Table.Td key={index}>
                <Amount wei={wei} unit={token} />
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </ScrollTable>
      <PayeesTable history={history} />
      {flow.keptWei > 0n && (
        <Text size="sm">
          Of what was paid, <Amount wei={flow.keptWei} unit={token} /> could not be transferred: the
          vault kept it, and the payees can withdraw it.
        </Text>
      )}
      <FlowChecks flow={flow} />
    </Stack>
  );
}
