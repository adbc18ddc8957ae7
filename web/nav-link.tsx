import { Anchor } from "@mantine/core";
import type { ReactNode } from "react";

/** A link of the header; says whether it leads to where one is. */
export function NavLink(props: {
  readonly href: string;
  readonly text: ReactNode;
  readonly isHere: boolean;
}) {
  const { href, text, isHere } = props;
  return (
    <Anchor
      href={href}
      size="sm"
      style={{ whiteSpace: "nowrap" }}
      {...(isHere ? { "aria-current": "page" as const, fw: 700 } : {})}
    >
      {text}
    </Anchor>
  );
}
