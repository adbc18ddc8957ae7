import { createTheme } from "@mantine/core";

/** System fonts: the page asks nobody for a file. Colours keep 4.5:1 in both schemes. */
export const theme = createTheme({
  primaryColor: "indigo",
  primaryShade: { light: 8, dark: 8 },
  fontFamily: "system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, monospace",
  defaultRadius: "md",
});
