import { Alert, FileInput, List, Text } from "@mantine/core";
import { useState } from "react";
import type { ProjectAudit } from "../../services/auditor/replay-project.ts";
import { type AuditReport, auditReport } from "../../services/auditor/report/audit-report.ts";
import {
  compareReports,
  type ReportDifference,
} from "../../services/auditor/report/compare-reports.ts";
import { MOST_REPORT_BYTES, readAuditReport } from "../../services/auditor/report/read-report.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";

/** So many differences are listed: more say nothing new. */
const MOST_LISTED = 12;

/** Only the command line compares it, so it is the one thing in which honest reports may differ. */
const isExpected = ({ path }: ReportDifference) =>
  path.startsWith("checks.proving-key.") || path.startsWith("counts.");

/** What a comparison with somebody else's report says. */
export function comparisonWords(differences: readonly ReportDifference[]): {
  readonly isSame: boolean;
  readonly title: string;
  readonly listed: readonly string[];
} {
  const real = differences.filter((each) => !isExpected(each));
  if (real.length === 0) {
    const title =
      differences.length === 0
        ? "The other report is the same, word for word"
        : "The other report says the same; only the proving key was looked at by one of the two";
    return { isSame: true, title, listed: [] };
  }
  const told = real.some(({ path }) => path === "historyHash" || path === "lastBlockHash");
  return {
    isSame: false,
    title: told
      ? "The two of you were told different things: at another time, or by a node that does not tell the truth"
      : "The other report says something else of the same events",
    listed: real
      .slice(0, MOST_LISTED)
      .map(
        ({ path, mine, theirs }) =>
          `${path}: here ${mine ?? "nothing"}, there ${theirs ?? "nothing"}`,
      ),
  };
}

/** Compares this audit with a report that another auditor has saved. */
export function CompareReport({ audit }: { audit: ProjectAudit }) {
  const [found, setFound] = useState<readonly ReportDifference[] | string | null>(null);
  const compare = async (file: File | null) => {
    if (file === null) return setFound(null);
    try {
      if (file.size > MOST_REPORT_BYTES) throw new RangeError(`${file.size} bytes`);
      const theirs: AuditReport = readAuditReport(await file.text());
      setFound(compareReports(auditReport(audit), theirs));
    } catch (error) {
      const known = error instanceof CommonweightError;
      setFound(known ? `${error.code}: ${error.message}. ${error.hint}` : String(error));
    }
  };
  const words = Array.isArray(found) ? comparisonWords(found) : null;
  return (
    <>
      <FileInput
        label="Compare with another auditor’s report"
        description="The JSON that the page or “commonweight audit --report” has saved. It is read here and sent nowhere."
        placeholder="Pick a file"
        accept=".json,application/json"
        clearable
        maw={420}
        onChange={compare}
      />
      {typeof found === "string" && (
        <Text size="sm" role="alert">
          {found}
        </Text>
      )}
      {words && (
        <Alert
          role="status"
          color={words.isSame ? "green" : "red"}
          title={words.title}
          data-compared={words.isSame ? "same" : "different"}
        >
          {words.listed.length > 0 && (
            <List size="sm">
              {words.listed.map((text) => (
                <List.Item key={text} style={{ overflowWrap: "anywhere" }}>
                  {text}
                </List.Item>
              ))}
            </List>
          )}
        </Alert>
      )}
    </>
  );
}
