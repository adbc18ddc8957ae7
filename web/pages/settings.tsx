import { Alert, Button, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { LoadedView } from "../loaded-view.tsx";
import { SchemeButton } from "../scheme-button.tsx";
import {
  forgetSettings,
  loadSettings,
  settingsProblems,
  storeSettings,
  type WebSettings,
} from "../settings.ts";
import { useLoaded } from "../use-loaded.ts";

const empty = (): WebSettings => ({
  ...{ rpcUrl: "", market: "", deployBlock: 0 },
  gateway: window.location.origin,
});

function SettingsForm({ initial, onSave }: { initial: WebSettings; onSave: () => void }) {
  const [settings, setSettings] = useState(initial);
  const [compared, setCompared] = useState((initial.compareUrls ?? []).join(" "));
  const [isSaved, setIsSaved] = useState(false);
  const problems = settingsProblems(settings);
  const change = (part: Partial<WebSettings>) => {
    setSettings({ ...settings, ...part });
    setIsSaved(false);
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (Object.keys(problems).length > 0) return;
    storeSettings(settings);
    setIsSaved(true);
    onSave();
  };
  return (
    <form onSubmit={submit}>
      <Stack maw={560}>
        <TextInput
          label="RPC address"
          description="A node of the chain. The page believes what it says the chain's data is, unless it has others to compare with."
          value={settings.rpcUrl}
          error={problems.rpcUrl}
          onChange={(event) => change({ rpcUrl: event.currentTarget.value })}
        />
        <TextInput
          label="Nodes to compare with"
          description="Other nodes of the chain, with spaces between them. What they do not all say is not believed."
          value={compared}
          error={problems.compareUrls}
          onChange={(event) => {
            setCompared(event.currentTarget.value);
            change({ compareUrls: event.currentTarget.value.split(/\s+/).filter(Boolean) });
          }}
        />
        <TextInput
          label="Market contract"
          value={settings.market}
          error={problems.market}
          onChange={(event) => change({ market: event.currentTarget.value })}
        />
        <TextInput
          label="Block of its deployment"
          description="Searches start here; 0 is always right, and slow on a long chain."
          inputMode="numeric"
          value={settings.deployBlock}
          error={problems.deployBlock}
          onChange={(event) => change({ deployBlock: Number(event.currentTarget.value) })}
        />
        <TextInput
          label="IPFS gateway"
          description="Every block it sends is checked against its hash."
          value={settings.gateway}
          error={problems.gateway}
          onChange={(event) => change({ gateway: event.currentTarget.value })}
        />
        <Group>
          <Button type="submit" disabled={Object.keys(problems).length > 0}>
            Save
          </Button>
          <Button
            variant="default"
            onClick={() => {
              forgetSettings();
              onSave();
            }}
          >
            Use the server's settings
          </Button>
        </Group>
        {isSaved && (
          <Alert color="green" role="status">
            Saved in this browser only.
          </Alert>
        )}
      </Stack>
    </form>
  );
}

/** Where the page reads. */
export function SettingsPage({ onChange }: { onChange: () => void }) {
  const { loaded, reload } = useLoaded(() => loadSettings().catch(empty), []);
  const save = () => {
    onChange();
    reload();
  };
  return (
    <Stack>
      <Title order={1} size="h2">
        Settings
      </Title>
      <Group hiddenFrom="xs">
        <SchemeButton />
      </Group>
      <Text size="sm">
        The page asks these addresses and nobody else; when you post a project, also the aggregators
        of this market, at the addresses that they registered on the chain.
      </Text>
      <LoadedView loaded={loaded} what="the settings">
        {(settings) => <SettingsForm initial={settings} onSave={save} />}
      </LoadedView>
    </Stack>
  );
}
