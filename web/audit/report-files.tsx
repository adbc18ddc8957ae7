import { Button, Group, Text } from "@mantine/core";
import { useMemo } from "react";
import type { ProjectAudit } from "../../services/auditor/replay-project.ts";
import { saveBytes } from "../save-bytes.ts";
import { auditFiles } from "./audit-report.ts";

/** The report to keep: as data to compare, and as a page to print. */
export function ReportFiles({ audit }: { audit: ProjectAudit }) {
  const { json, html, checksum } = useMemo(() => auditFiles(audit), [audit]);
  const save = (ending: string, text: string, type: string) =>
    saveBytes(`audit-project-${audit.projectId}.${ending}`, new TextEncoder().encode(text), type);
  return (
    <>
      <Group gap="xs">
        <Button
          size="xs"
          variant="default"
          onClick={() => save("json", json, "application/json")}
          data-checksum={checksum}
        >
          Save the report as JSON
        </Button>
        <Button size="xs" variant="default" onClick={() => save("html", html, "text/html")}>
          Save it as a page
        </Button>
      </Group>
      <Text size="xs" style={{ overflowWrap: "anywhere" }}>
        SHA-256 of the JSON: <span style={{ fontFamily: "monospace" }}>{checksum}</span>. The
        command line’s report is the same, but for the proving key, which it checks as well.
      </Text>
    </>
  );
}
