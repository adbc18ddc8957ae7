import { Alert, Anchor, type CSSVariablesResolver, createTheme, Input } from "@mantine/core";

const readable = { color: "var(--mantine-color-text)" };

/** System fonts: the page asks nobody for a file. Colours keep 4.5:1 in both schemes, which axe checks. */
export const theme = createTheme({
  primaryColor: "indigo",
  primaryShade: { light: 8, dark: 8 },
  fontFamily: "system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, monospace",
  defaultRadius: "md",
  components: {
    Alert: Alert.extend({ styles: { title: readable } }),
    Anchor: Anchor.extend({ defaultProps: { underline: "always" } }),
    InputWrapper: Input.Wrapper.extend({
      // The reason comes below, so that inputs side by side stand on one line however long their reasons are.
      defaultProps: { inputWrapperOrder: ["label", "input", "error", "description"] },
      styles: { description: readable },
    }),
  },
});

/** Placeholders that can be read: the library's own are too pale. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: { "--mantine-color-placeholder": "var(--mantine-color-gray-7)" },
  dark: { "--mantine-color-placeholder": "var(--mantine-color-dark-1)" },
});
