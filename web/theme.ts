import { Alert, Anchor, createTheme, Input } from "@mantine/core";

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
    InputWrapper: Input.Wrapper.extend({ styles: { description: readable } }),
  },
});
