import { Table, Text } from "@mantine/core";
import { type ReactNode, type RefObject, useLayoutEffect, useRef, useState } from "react";

/** Whether an element's content is wider than the element, as both change. */
function useIsWider(ref: RefObject<HTMLElement | null>): boolean {
  const [isWider, setIsWider] = useState(false);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const look = () => setIsWider(element.scrollWidth > element.clientWidth + 1);
    const observer = new ResizeObserver(look);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    look();
    return () => observer.disconnect();
  }, [ref]);
  return isWider;
}

/** A table that scrolls sideways on a phone, also by keyboard, and says so where it does. */
export function ScrollTable(props: {
  readonly caption: string;
  readonly head: readonly string[];
  readonly children: ReactNode;
}) {
  const region = useRef<HTMLElement>(null);
  const isWider = useIsWider(region);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section ref={region} style={{ overflowX: "auto" }} tabIndex={0} aria-label={props.caption}>
        <Table striped withTableBorder verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              {props.head.map((name) => (
                <Table.Th key={name} scope="col">
                  {name}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>{props.children}</Table.Tbody>
        </Table>
      </section>
      {isWider && (
        <Text size="xs" aria-hidden data-scrolls>
          The table goes on to the right →
        </Text>
      )}
    </>
  );
}
