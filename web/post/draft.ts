import { emptyForm, type PostingForm } from "./posting-form.ts";

const FORM_KEY = "commonweight.posting-draft";
const SENT_KEY = "commonweight.posting-sent";

/** A posting that left the wallet, until an aggregator has its files. */
export interface SentPosting {
  readonly chainId: string;
  readonly market: string;
  readonly hash: string;
}

function read(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    // A damaged entry is no entry.
    return null;
  }
}

/** The form as it was left in this browser, or a fresh one; fields that a draft of another version has otherwise are fresh. */
export function loadDraft(chainId: bigint): PostingForm {
  const fresh = emptyForm(chainId);
  const stored = read(FORM_KEY) as Record<string, unknown> | null;
  if (typeof stored !== "object" || stored === null) return fresh;
  const known = Object.entries(fresh).map(([name, value]) => {
    const kept = stored[name];
    return [name, isSameKind(kept, value) ? kept : value];
  });
  return Object.fromEntries(known) as PostingForm;
}

const isSameKind = (kept: unknown, value: unknown) =>
  Array.isArray(value)
    ? Array.isArray(kept) && kept.every((each) => typeof each === "string")
    : typeof kept === typeof value;

/** Keeps the form in this browser. A full or forbidden storage costs the draft, not the form. */
export function storeDraft(form: PostingForm): void {
  try {
    localStorage.setItem(FORM_KEY, JSON.stringify(form));
  } catch {
    // The form itself is still on the page.
  }
}

/** Begins anew. */
export function forgetDraft(): void {
  localStorage.removeItem(FORM_KEY);
}

/** Remembers a posting that was sent, so that a closed page does not lead to a second one. */
export function storeSent(sent: SentPosting): void {
  localStorage.setItem(SENT_KEY, JSON.stringify(sent));
}

/** A posting of this market that was sent and not seen to its end. */
export function loadSent(chainId: bigint, market: string): SentPosting | undefined {
  const sent = read(SENT_KEY) as SentPosting | null;
  const isOurs =
    typeof sent?.hash === "string" && sent.chainId === String(chainId) && sent.market === market;
  return isOurs ? sent : undefined;
}

/** An aggregator has its files, or the owner knows that it failed. */
export function forgetSent(): void {
  localStorage.removeItem(SENT_KEY);
}
