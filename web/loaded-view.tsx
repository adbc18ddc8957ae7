import { Alert, Anchor, Button, Group, Loader, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { CommonweightError } from "../services/protocol/errors.ts";
import type { Loaded } from "./use-loaded.ts";

/** Where the way out of an error is a page of its own. */
const ways: Readonly<Record<string, { readonly href: string; readonly text: string }>> = {
  CW2201: { href: "#/", text: "See all projects" },
  CW2206: { href: "#/", text: "See all projects" },
  CW7000: { href: "#/settings", text: "Open Settings" },
  CW7004: { href: "#/settings", text: "Open Settings" },
};

/** An error in words: what happened, what to do, and its code to look up. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const known = error instanceof CommonweightError ? error : undefined;
  const way = known && ways[known.code];
  return (
    <Alert color="red" title={known?.message ?? "Something went wrong"} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{known?.hint ?? String(error)}</Text>
        <Group>
          {known && <Text size="xs">{known.code}</Text>}
          {onRetry && (
            <Button size="xs" variant="default" onClick={onRetry}>
              Try again
            </Button>
          )}
          {way && (
            <Anchor size="sm" href={way.href}>
              {way.text}
            </Anchor>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}

/** Shows a loader, the failure, or the value. */
export function LoadedView<T>(props: {
  readonly loaded: Loaded<T>;
  readonly what: string;
  readonly onRetry?: () => void;
  readonly children: (value: T) => ReactNode;
}) {
  const { loaded, what, onRetry, children } = props;
  if (loaded.state === "loading") {
    return (
      <Group role="status">
        <Loader size="sm" aria-hidden />
        <Text>Reading {what}…</Text>
      </Group>
    );
  }
  if (loaded.state === "failed") {
    return <Failure error={loaded.error} {...(onRetry ? { onRetry } : {})} />;
  }
  return children(loaded.value);
}
