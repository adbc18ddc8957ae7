import { Alert, Card, List, Stack, Text, Title } from "@mantine/core";
import { amountText, type TokenUnit } from "../../services/protocol/market/token-amount.ts";
import { termSentences } from "../project-words.ts";
import { fieldLabels } from "./field-labels.ts";
import type { FormField } from "./posting-form.ts";
import type { FormReading } from "./read-posting-form.ts";

/** The terms as everybody will read them, or what is missing for that. */
export function PreviewSection({ reading, unit }: { reading: FormReading; unit: TokenUnit }) {
  const { manifest, terms, parameterCount = 0, escrowWei = 0n, problems } = reading;
  const open = Object.entries(problems) as [FormField, string][];
  const money = (wei: bigint) => amountText(wei, unit);
  return (
    <Card withBorder component="section" aria-labelledby="post-preview">
      <Stack>
        <Title order={2} size="h4" id="post-preview">
          What you are about to promise
        </Title>
        {open.length > 0 || manifest === undefined || terms === undefined ? (
          <Alert
            color="yellow"
            title={open.length === 1 ? "One thing is open" : `${open.length} things are open`}
            data-open={open.length}
            tabIndex={-1}
          >
            <List size="sm">
              {open.map(([field, problem]) => (
                <List.Item key={field}>
                  {fieldLabels[field]}: {problem}
                </List.Item>
              ))}
            </List>
          </Alert>
        ) : (
          <>
            <Text>
              “{manifest.title}” pays {money(terms.budgetPerRoundWei)} a round, and{" "}
              {money(terms.settleFeeWei)} to whoever settles it. A trainer stakes{" "}
              {money(terms.stakeWei)}, an aggregator bonds {money(terms.aggregatorBondWei)}.
            </Text>
            <List size="sm">
              {termSentences({
                ...terms,
                parameterCount,
                fractionBits: manifest.fixedPoint.fractionBits,
              }).map((sentence) => (
                <List.Item key={sentence}>{sentence}</List.Item>
              ))}
            </List>
            <Text fw={600} data-escrow={String(escrowWei)}>
              Into escrow: {money(escrowWei)}
            </Text>
            <Text size="sm">
              {terms.rounds} × {money(terms.budgetPerRoundWei)} for trainers and{" "}
              {terms.rounds + terms.extraRounds} × {money(terms.settleFeeWei)} for settling. What is
              not earned comes back to you when the project ends. Nobody can change these terms
              afterwards, you neither; you can stop the project.
            </Text>
          </>
        )}
      </Stack>
    </Card>
  );
}
