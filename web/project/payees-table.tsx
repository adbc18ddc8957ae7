import { Table, Text } from "@mantine/core";
import { type PayeeGroup, payeeGroups } from "../../services/auditor/checks/check-payees.ts";
import { amountText } from "../../services/protocol/market/token-amount.ts";
import { Amount } from "../amount.tsx";
import { shortHex } from "../amounts.ts";
import { ScrollTable } from "../scroll-table.tsx";
import type { ProjectHistory } from "./load-history.ts";

const roles = {
  trainer: "trainer",
  aggregator: "aggregator",
  owner: "owner, what was not used",
  burned: "burned",
} as const;

const sum = (groups: readonly PayeeGroup[], of: (group: PayeeGroup) => bigint) =>
  groups.reduce((total, group) => total + of(group), 0n);

const inGroup =
  (of: (member: PayeeGroup["members"][number]) => bigint) =>
  ({ members }: PayeeGroup) =>
    members.reduce((total, member) => total + of(member), 0n);

const columns: readonly (readonly [string, (group: PayeeGroup) => bigint])[] = [
  ["Earned", inGroup(({ earnedWei }) => earnedWei)],
  ["Own money back", inGroup(({ backWei }) => backWei)],
  ["Not paid out yet", inGroup(({ heldWei }) => heldWei)],
  ["Paid by the vault", ({ paidWei }) => paidWei],
];

/** Who got what of a project's money, with a last row that adds it up. */
export function PayeesTable({ history }: { history: ProjectHistory }) {
  const { token, vault, moves } = history;
  const { groups, strangers } = payeeGroups(history);
  const shown = groups.filter((group) => columns.some(([, of]) => of(group) !== 0n));
  const isRight = strangers.length === 0 && groups.every((each) => each.dueWei === each.paidWei);
  const cameInWei = moves
    .filter(({ kind }) => kind === "deposited")
    .reduce((total, { amountWei }) => total + amountWei, 0n);
  const leftWei = sum(shown, ({ paidWei }) => paidWei);
  return (
    <div data-payees={isRight ? "paid" : "wrong"}>
      <ScrollTable caption="Who got what" head={["Who", "As", ...columns.map(([name]) => name)]}>
        {shown.map((group) => (
          <Table.Tr key={group.members.map(({ account }) => account).join()}>
            <Table.Th scope="row" ff="monospace" fw={400} style={{ whiteSpace: "nowrap" }}>
              {group.members.map(({ account }) => (
                <div key={account} title={account}>
                  {shortHex(account)}
                </div>
              ))}
            </Table.Th>
            <Table.Td>
              {[...new Set(group.members.map(({ role }) => roles[role]))].join(", ")}
            </Table.Td>
            {columns.map(([name, of]) => (
              <Table.Td key={name}>
                <Amount wei={of(group)} unit={token} />
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
        <Table.Tr fw={600}>
          <Table.Th scope="row">Together</Table.Th>
          <Table.Td />
          {columns.map(([name, of]) => (
            <Table.Td key={name}>
              <Amount wei={sum(shown, of)} unit={token} />
            </Table.Td>
          ))}
        </Table.Tr>
      </ScrollTable>
      <Text size="sm" mt="xs">
        {amountText(cameInWei, token)} came in = {amountText(leftWei, token)} paid by the vault +{" "}
        {amountText(vault.potWei, token)} still in it.{" "}
        {isRight
          ? "Everybody got what they had coming, at an address that they had named."
          : "Somebody did not get what they had coming, or somebody else got it: verify this project."}
      </Text>
    </div>
  );
}
