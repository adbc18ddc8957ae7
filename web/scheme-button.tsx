import { Button, type ButtonProps, useMantineColorScheme } from "@mantine/core";

/** Goes through the colour schemes: as the system says, dark, light. In the head, and where that has no room in Settings. */
export function SchemeButton(properties: Pick<ButtonProps, "visibleFrom">) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const next = colorScheme === "auto" ? "dark" : colorScheme === "dark" ? "light" : "auto";
  return (
    <Button
      {...properties}
      variant="default"
      size="xs"
      aria-label={`Colours: ${colorScheme}`}
      onClick={() => setColorScheme(next)}
    >
      Colours: {colorScheme}
    </Button>
  );
}
