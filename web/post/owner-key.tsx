import { Alert, Button, Code, Stack, Text } from "@mantine/core";
import type { Chain } from "../../services/adapters/chain/connect.ts";
import { readEncryptionKey } from "../../services/adapters/chain/projects/model-readers.ts";
import { encryptionKeyText } from "../../services/protocol/sealing/encryption-key-text.ts";
import type { EncryptionKeyPair } from "../../services/protocol/sealing/envelope.ts";
import { LoadedView } from "../loaded-view.tsx";
import { saveBytes } from "../save-bytes.ts";
import { useLoaded } from "../use-loaded.ts";

async function makeKeys(): Promise<EncryptionKeyPair> {
  const { createHpkeEnvelope } = await import("../../services/adapters/envelope/hpke-envelope.ts");
  const keys = await createHpkeEnvelope().generateKeyPair();
  const text = new TextEncoder().encode(encryptionKeyText(keys));
  saveBytes("encryption-key.json", text, "application/json");
  return keys;
}

/** The key under which the owner of a private project reads its models: registered already, or made and saved here. */
export function OwnerKey(props: {
  readonly chain: Chain;
  readonly account: string;
  readonly keys: EncryptionKeyPair | undefined;
  readonly onKeys: (keys: EncryptionKeyPair) => void;
  readonly onRegistered: (isRegistered: boolean) => void;
}) {
  const { chain, account, keys, onKeys, onRegistered } = props;
  const { loaded, reload } = useLoaded(async () => {
    const isRegistered = (await readEncryptionKey(chain, account)) !== undefined;
    onRegistered(isRegistered);
    return isRegistered;
  }, [chain, account]);
  return (
    <LoadedView loaded={loaded} what="your encryption key" onRetry={reload}>
      {(isRegistered) =>
        isRegistered ? (
          <Text size="sm" data-owner-key="registered">
            The first model is sealed to the encryption key that your account has registered. Your
            referee needs the <Code>encryption-key.json</Code> that belongs to it.
          </Text>
        ) : (
          <Alert
            color={keys === undefined ? "yellow" : "green"}
            title={keys === undefined ? "Your account needs an encryption key" : "Key saved"}
            data-owner-key={keys === undefined ? "missing" : "made"}
          >
            <Stack gap="xs" align="flex-start">
              <Text size="sm">
                The models of a private project are sealed to it. Keep the file, and put it into the
                state folder of your referee: nobody can make it again, and without it you cannot
                read what you paid for. Posting registers its public part, with one more
                transaction.
              </Text>
              {keys === undefined && (
                <Button size="xs" onClick={() => void makeKeys().then(onKeys)}>
                  Make and save encryption-key.json
                </Button>
              )}
            </Stack>
          </Alert>
        )
      }
    </LoadedView>
  );
}
