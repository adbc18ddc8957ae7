import { MantineProvider } from "@mantine/core";
import axe from "axe-core";
import { act, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { cssVariables, theme } from "../../web/theme.ts";

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

/** A part of the page in a document of its own, with what a person does to it. */
export interface Rendered {
  readonly container: HTMLElement;
  readonly text: () => string;
  /** The input, text area or select with this label. @throws RangeError without one */
  readonly field: (label: string) => HTMLInputElement;
  /** The button with this name. @throws RangeError without one */
  readonly button: (name: string) => HTMLButtonElement;
  readonly click: (name: string) => Promise<void>;
  /** Types or chooses, and leaves the field. */
  readonly fill: (label: string, value: string) => Promise<void>;
  /** Waits until a text is shown. @throws RangeError with what is there instead, after eight seconds */
  readonly shows: (text: RegExp) => Promise<void>;
  readonly again: (children: ReactNode) => Promise<void>;
  /** What axe finds, as `rule: html`. Colours are for a browser to judge. */
  readonly axe: () => Promise<string[]>;
  readonly close: () => Promise<void>;
}

/** Shows children as the page does, with its theme. */
export async function render(children: ReactNode): Promise<Rendered> {
  const container = document.createElement("div");
  document.body.append(container);
  const root = createRoot(container);
  const again = (next: ReactNode) =>
    act(async () =>
      root.render(
        <MantineProvider theme={theme} cssVariablesResolver={cssVariables}>
          {next}
        </MantineProvider>,
      ),
    );
  await again(children);
  const found = <T,>(element: T | undefined | null, what: string): T => {
    if (element) return element;
    throw new RangeError(`no ${what} in: ${container.textContent}`);
  };
  const text = () =>
    [...container.children]
      .filter(({ tagName }) => tagName !== "STYLE")
      .map(({ textContent }) => textContent)
      .join(" ");
  const field = (label: string) => {
    const labels = [...container.querySelectorAll("label")];
    const named = labels.find(({ textContent }) => textContent === label)?.htmlFor;
    return found(
      named === undefined ? null : document.getElementById(named),
      `field “${label}”`,
    ) as HTMLInputElement;
  };
  const button = (name: string) =>
    found(
      [...container.querySelectorAll("button")].find(
        (each) => (each.getAttribute("aria-label") ?? each.textContent) === name,
      ),
      `button “${name}”`,
    );
  return {
    ...{ container, text, field, button, again },
    click: async (name) => act(async () => button(name).click()),
    fill: (label, value) =>
      act(async () => {
        const input = field(label);
        // React listens to the setter of the prototype, past its own of the element.
        const setter = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(input), "value")?.set;
        setter?.call(input, value);
        const isChosen = input.tagName === "SELECT";
        input.dispatchEvent(new Event(isChosen ? "change" : "input", { bubbles: true }));
        input.dispatchEvent(new Event("focusout", { bubbles: true }));
      }),
    shows: async (expected) => {
      const giveUpAt = Date.now() + 30_000;
      while (!expected.test(text())) {
        if (Date.now() > giveUpAt) throw new RangeError(`no ${expected} in: ${text()}`);
        await act(() => new Promise<void>((resolve) => setTimeout(resolve, 30)));
      }
    },
    axe: async () => {
      const rules = { "color-contrast": { enabled: false }, region: { enabled: false } };
      const { violations } = await act(() => axe.run(container, { rules }));
      return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    },
    close: async () => {
      await act(async () => root.unmount());
      container.remove();
    },
  };
}
