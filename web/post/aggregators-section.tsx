import {
  Alert,
  Badge,
  Button,
  Card,
  Checkbox,
  Group,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useState } from "react";
import { fetchIpfsAddresses } from "../../services/adapters/aggregator-client.ts";
import type { Chain } from "../../services/adapters/chain/connect.ts";
import {
  type Participant,
  readParticipant,
  readParticipants,
} from "../../services/adapters/chain/projects/participant.ts";
import { isSameAddress } from "../../services/protocol/address.ts";
import { shortHex } from "../amounts.ts";
import { LoadedView } from "../loaded-view.tsx";
import { useLoaded } from "../use-loaded.ts";
import { useForm } from "./form-fields.tsx";

/** Registered services of a market, newest last; more than these must be typed. */
const MOST_LISTED = 500;

interface Candidate {
  readonly account: string;
  readonly endpoint: string;
  readonly isUp: boolean;
}

async function look({ account, endpoint }: Participant): Promise<Candidate> {
  const isUp =
    endpoint !== "" &&
    (await fetchIpfsAddresses(endpoint, { signal: AbortSignal.timeout(4000) }).then(
      () => true,
      () => false,
    ));
  return { account, endpoint, isUp };
}

/** Everybody who registered an endpoint, and those typed in, with a look at whether they answer now. */
async function loadCandidates(chain: Chain, chosen: readonly string[]): Promise<Candidate[]> {
  const registered = (await readParticipants(chain, 0, MOST_LISTED)).filter(
    ({ endpoint }) => endpoint !== "",
  );
  const typed = chosen.filter(
    (account) => !registered.some((one) => isSameAddress(one.account, account)),
  );
  const others = await Promise.all(typed.map((account) => readParticipant(chain, account)));
  const named = others.map((other, place) => ({ ...other, account: typed[place] as string }));
  return Promise.all([...registered, ...named].map(look));
}

function CandidateRow({ candidate }: { candidate: Candidate }) {
  const { form, change } = useForm();
  const place = form.aggregators.findIndex((account) => isSameAddress(account, candidate.account));
  const toggle = () =>
    change({
      aggregators:
        place >= 0
          ? form.aggregators.filter((account) => !isSameAddress(account, candidate.account))
          : [...form.aggregators, candidate.account],
    });
  const role = place === 0 ? "in charge" : place > 0 ? `standby ${place}` : "";
  return (
    <Group gap="xs" data-aggregator={candidate.account}>
      <Checkbox
        checked={place >= 0}
        onChange={toggle}
        label={`${shortHex(candidate.account)} ${role}`}
        description={
          candidate.endpoint === "" ? "not registered with an endpoint" : candidate.endpoint
        }
      />
      <Badge
        variant="light"
        color={candidate.isUp ? "green" : "orange"}
        c="var(--mantine-color-text)"
      >
        {candidate.isUp ? "answers" : "does not answer"}
      </Badge>
    </Group>
  );
}

function AddByAddress() {
  const { form, change } = useForm();
  const [text, setText] = useState("");
  const isAddress = /^0x[0-9a-fA-F]{40}$/.test(text.trim());
  const isKnown = form.aggregators.some((account) => isSameAddress(account, text.trim()));
  return (
    <Group align="flex-end">
      <TextInput
        label="Another one, by its address"
        value={text}
        error={text !== "" && !isAddress ? "Must be 0x and 40 hexadecimal digits." : undefined}
        onChange={(event) => setText(event.currentTarget.value)}
        style={{ flex: 1 }}
      />
      <Button
        variant="default"
        disabled={!isAddress || isKnown}
        onClick={() => {
          change({ aggregators: [...form.aggregators, text.trim()] });
          setText("");
        }}
      >
        Add
      </Button>
    </Group>
  );
}

/** Who reads the updates and proves the rounds. */
export function AggregatorsSection({ chain }: { chain: Chain }) {
  const { form, problems, isShown } = useForm();
  const typed = form.aggregators.map((account) => account.toLowerCase()).sort();
  const { loaded, reload } = useLoaded(
    () => loadCandidates(chain, form.aggregators),
    [typed.join()],
  );
  return (
    <Card withBorder component="section" aria-labelledby="post-aggregators">
      <Stack>
        <Title order={2} size="h4" id="post-aggregators">
          Aggregators
        </Title>
        <Text size="sm">
          They open rounds, read the updates and prove what follows. They cannot invent who is
          accepted or what anybody is paid. They can leave an update out as unreadable, and be late:
          choose those you trust, and name a standby. The first chosen is in charge.
        </Text>
        <LoadedView loaded={loaded} what="the aggregators of this market" onRetry={reload}>
          {(candidates) =>
            candidates.length === 0 ? (
              <Text size="sm">None is registered here. Type the address of one you know.</Text>
            ) : (
              <Stack gap="xs">
                {candidates.map((candidate) => (
                  <CandidateRow key={candidate.account} candidate={candidate} />
                ))}
              </Stack>
            )
          }
        </LoadedView>
        <AddByAddress />
        {isShown("aggregators") && problems.aggregators !== undefined && (
          <Alert color="red" role="alert">
            {problems.aggregators}
          </Alert>
        )}
      </Stack>
    </Card>
  );
}
