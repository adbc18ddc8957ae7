/** One thing that was looked at. `isPassed` is null when it could not be checked; `detail` says why, or what differs. */
export interface AuditCheck {
  readonly name: string;
  readonly isPassed: boolean | null;
  readonly detail: string;
}
