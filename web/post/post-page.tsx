import { Alert, Button, Card, FileInput, Group, Stack, Text, Title } from "@mantine/core";
import { useCallback, useEffect, useMemo, useState } from "react";
import { call } from "../../services/adapters/chain/connect.ts";
import type { TokenDescription } from "../../services/adapters/chain/tokens/token.ts";
import { isSameAddress } from "../../services/protocol/address.ts";
import type { EncryptionKeyPair } from "../../services/protocol/sealing/envelope.ts";
import type { Connection } from "../connection.ts";
import { Failure } from "../loaded-view.tsx";
import { RehearsalSection } from "../rehearsal/rehearsal-section.tsx";
import type { PickedTable } from "../rehearsal/sample-input.tsx";
import { useLoaded } from "../use-loaded.ts";
import { AggregatorsSection } from "./aggregators-section.tsx";
import { forgetDraft, loadDraft, storeDraft } from "./draft.ts";
import { focusFirstProblem } from "./focus-first-problem.ts";
import { FormContext, type FormControl } from "./form-fields.tsx";
import { LearningSection } from "./learning-section.tsx";
import { OwnerKey } from "./owner-key.tsx";
import { emptyForm, type FormField, type PostingForm } from "./posting-form.ts";
import { PostingProgressView } from "./posting-progress.tsx";
import { PreviewSection } from "./preview-section.tsx";
import { QuoteView } from "./quote-view.tsx";
import { type FormReading, ownSetSizes, readPostingForm } from "./read-posting-form.ts";
import { SaveFiles } from "./save-files.tsx";
import { MoneySection, RuleSection, TimeSection } from "./terms-sections.tsx";
import { usePosting } from "./use-posting.ts";
import { useWallet, WalletSection } from "./wallet-section.tsx";

/** Which sizes of proof this market can verify; undefined while unknown. */
function useIsSupported({ chain }: Connection, ruleId: number, slots: number | undefined) {
  const { loaded } = useLoaded(
    async () => slots === undefined || call<boolean>(chain.verifier, "isSupported", ruleId, slots),
    [chain, ruleId, slots],
  );
  return loaded.state === "ready" ? loaded.value : undefined;
}

/** The token of the form, or the network's own coin, wrapped, while there is none. */
function useToken({ chain, token }: Connection, address: string) {
  const wanted = /^0x[0-9a-fA-F]{40}$/.test(address) ? address : chain.addresses.wrappedNative;
  return useLoaded<TokenDescription>(() => token(wanted), [chain, wanted]).loaded;
}

const native = { symbol: "ETH", decimals: 18 };

/** The form's reading, with what only the chain can tell. */
function useReading(connection: Connection, form: PostingForm, account: string | undefined) {
  const token = useToken(connection, form.token);
  const { wrappedNative } = connection.chain.addresses;
  const isNative = form.token === "" || isSameAddress(form.token, wrappedNative);
  const decimals = token.state === "ready" ? token.value.decimals : native.decimals;
  const symbol = isNative || token.state !== "ready" ? native.symbol : token.value.symbol;
  const read = useMemo(
    () => readPostingForm(form, { unit: { symbol, decimals }, wrappedNative, account }),
    [form, symbol, decimals, wrappedNative, account],
  );
  const isSupported = useIsSupported(connection, form.rule === "trust" ? 1 : 2, read.slots);
  const reading = useMemo((): FormReading => {
    const { terms, termsText, problems, ...rest } = read;
    const found: FormReading["problems"] = {
      ...(token.state === "failed" ? { token: "There is no ERC-20 token at this address." } : {}),
      ...(isSupported === false
        ? {
            rule: `This market has no verifying key for ${form.rule} with ${read.slots} places; expect other numbers of trainers, or take the other rule.`,
          }
        : {}),
      ...problems,
    };
    const isSound = Object.keys(found).length === 0 && isSupported === true;
    return {
      ...rest,
      ...(isSound && terms && termsText ? { terms, termsText } : {}),
      problems: found,
    };
  }, [read, token.state, isSupported, form.rule]);
  return { reading, unit: { symbol, decimals } };
}

function useFormControl(connection: Connection) {
  const { chainId } = connection.chain;
  const [form, setForm] = useState(() => loadDraft(chainId));
  const [visited, setVisited] = useState<ReadonlySet<FormField>>(new Set());
  const [isTried, setIsTried] = useState(false);
  useEffect(() => storeDraft(form), [form]);
  const change = useCallback(
    (part: Partial<PostingForm>) => setForm((before) => ({ ...before, ...part })),
    [],
  );
  const reset = () => {
    forgetDraft();
    setForm(emptyForm(chainId));
    setVisited(new Set());
    setIsTried(false);
  };
  return {
    ...{ form, change, reset },
    showAll: () => setIsTried(true),
    isShown: (field: FormField) => isTried || visited.has(field),
    visit: (field: FormField) => setVisited((before) => new Set(before).add(field)),
  };
}

/** A ceremony's powers of tau; a development market needs none. */
function PowersInput(props: { onBytes: (bytes: Uint8Array | undefined) => void }) {
  return (
    <FileInput
      clearable
      accept=".ptau"
      label="Powers of tau of this network's ceremony"
      description="The .ptau file that the market's operator publishes: the first model is committed to with it. It stays in the page."
      placeholder="Pick a file"
      onChange={async (file) =>
        props.onBytes(file === null ? undefined : new Uint8Array(await file.arrayBuffer()))
      }
    />
  );
}

/** Post a project: form, preview, wallet, receipt. */
export function PostPage({ connection }: { connection: Connection }) {
  const { chain, setup } = connection;
  const { form, change, reset, showAll, isShown, visit } = useFormControl(connection);
  const wallet = useWallet();
  const { reading, unit } = useReading(connection, form, wallet.connected?.account);
  const posting = usePosting(chain);
  const [srsBytes, setSrsBytes] = useState<Uint8Array | undefined>(undefined);
  const [table, setTable] = useState<PickedTable | undefined>(undefined);
  const [encryptionKeys, setEncryptionKeys] = useState<EncryptionKeyPair | undefined>(undefined);
  const [isRegistered, setIsRegistered] = useState(false);
  const { manifest, terms, problems } = reading;
  const control: FormControl = { form, change, problems, isShown, visit };
  const { progress, sent } = posting;
  const isPosted = progress.projectId !== undefined;
  const connected = wallet.connected?.chainId === chain.chainId ? wallet.connected : undefined;
  const lacksPowers = !setup.isDevelopment && srsBytes === undefined;
  const isPrivate = form.visibility === "private";
  const lacksKey = isPrivate && !isRegistered && encryptionKeys === undefined;
  const isReady = manifest !== undefined && terms !== undefined && !lacksPowers;
  const startOver = () => {
    reset();
    setTable(undefined);
    posting.restart();
  };
  const isAllDone = isPosted && progress.steps.upload.state === "done";
  const whyNot = !isReady
    ? lacksPowers && terms !== undefined
      ? "Pick the ceremony's powers of tau first."
      : "Some things above are open; they are listed under “What you are about to promise”."
    : connected === undefined
      ? "Connect a wallet on this market's network."
      : lacksKey
        ? "Save your encryption key first."
        : sent !== undefined && !isPosted
          ? "A posting is on its way already; see below."
          : undefined;
  const post = () => {
    showAll();
    if (!isReady) {
      // After the fields show what is wrong with them.
      setTimeout(() => focusFirstProblem(document));
      return;
    }
    if (whyNot !== undefined || connected === undefined) return;
    void posting.start(connected, { manifest, terms, srsBytes, encryptionKeys });
  };
  return (
    <FormContext value={control}>
      <Stack>
        <Group justify="space-between">
          <Title order={1} size="h2">
            Post a project
          </Title>
          <Button variant="default" size="xs" disabled={progress.isRunning} onClick={startOver}>
            Start over
          </Button>
        </Group>
        <Text size="sm">
          You say what is to be learned and put the pay into escrow; trainers anywhere train on
          their own samples, and are paid for what is proven to help. Your entries are kept in this
          browser only.
        </Text>
        <LearningSection
          manifest={manifest}
          parameterCount={reading.parameterCount}
          table={table}
          onTable={setTable}
        />
        <RuleSection slots={reading.slots} />
        <MoneySection symbol={unit.symbol} />
        <TimeSection />
        <AggregatorsSection chain={chain} />
        <RehearsalSection reading={reading} table={table} />
        <PreviewSection reading={reading} unit={unit} />
        <WalletSection chain={chain} control={wallet} />
        <Card withBorder component="section" aria-labelledby="post-send">
          <Stack align="stretch">
            <Title order={2} size="h4" id="post-send">
              Post it
            </Title>
            {!setup.isDevelopment && <PowersInput onBytes={setSrsBytes} />}
            <QuoteView chain={chain} account={connected?.account} reading={reading} unit={unit} />
            {isPrivate && connected !== undefined && (
              <OwnerKey
                {...{ chain, account: connected.account, keys: encryptionKeys }}
                {...{ onKeys: setEncryptionKeys, onRegistered: setIsRegistered }}
              />
            )}
            <Group>
              {isAllDone ? (
                <Button variant="default" onClick={startOver}>
                  Post another
                </Button>
              ) : (
                <Button onClick={post} loading={progress.isRunning} aria-describedby="post-why-not">
                  {isPosted
                    ? "Hand the files over again"
                    : progress.error
                      ? "Try again"
                      : "Post this project"}
                </Button>
              )}
              <SaveFiles reading={reading} />
            </Group>
            {whyNot !== undefined && !isPosted && (
              <Text size="sm" id="post-why-not">
                {whyNot}
              </Text>
            )}
            {sent !== undefined && !progress.isRunning && !isPosted && (
              <Alert color="yellow" title="A posting is on its way" data-sent={sent.hash}>
                <Stack gap="xs" align="flex-start">
                  <Text size="sm" style={{ overflowWrap: "anywhere" }}>
                    Transaction {sent.hash} left the wallet, and this page has not seen its receipt,
                    or no aggregator has its files yet. Posting again would pay a second escrow.
                  </Text>
                  <Group>
                    <Button size="xs" onClick={() => void posting.search()}>
                      Look for its receipt
                    </Button>
                    <Button size="xs" variant="default" onClick={posting.forget}>
                      Forget it: the wallet shows that it failed
                    </Button>
                  </Group>
                </Stack>
              </Alert>
            )}
            {posting.searchError !== null && <Failure error={posting.searchError} />}
            <PostingProgressView
              progress={progress}
              isPrivate={isPrivate}
              samples={{ file: table?.file.name ?? "samples.csv", sizes: ownSetSizes(form) }}
            />
          </Stack>
        </Card>
      </Stack>
    </FormContext>
  );
}
