/**
 * Takes whoever pressed the button to the first field that is wrong, as a browser does with a form of its own: by keyboard, and far up a
 * long page, nothing else would tell where it is. What has no field of its own is listed in the preview.
 *
 * @param page What contains the form.
 */
export function focusFirstProblem(page: ParentNode): void {
  const wrong = page.querySelector<HTMLElement>("[aria-invalid=true]");
  const folded = wrong?.closest("details");
  if (folded) folded.open = true;
  (wrong ?? page.querySelector<HTMLElement>("[data-open]"))?.focus();
}
