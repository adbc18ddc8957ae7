import type { SchemaElement, SchemaTree } from "hyparquet";
import { damage } from "./damage.ts";

/** Where the values of a column lie. */
export interface ParquetLeaf {
  /** Names from the column down. */
  readonly path: readonly string[];
  readonly element: SchemaElement;
  /** All elements from the root down, as hyparquet wants them. */
  readonly schemaPath: SchemaTree[];
  /** The definition level of a value that is there. */
  readonly mostDefined: number;
  /** How many lists are inside one another. */
  readonly mostRepeated: number;
}

/** A column as people see it. */
export interface ParquetColumn {
  readonly name: string;
  /**
   * `cell`: a number or text. `bytes`: anything, perhaps images. `image`: the struct of bytes and path that Hugging Face makes of
   * images. `list`: numbers in lists. `other`: not read.
   */
  readonly kind: "cell" | "bytes" | "image" | "list" | "other";
  /** For messages: what its values are. */
  readonly holds: string;
  /** Absent of a column that is not read. */
  readonly leaf?: ParquetLeaf;
}

interface Node {
  readonly element: SchemaElement;
  readonly children: readonly Node[];
}

/** Structs in structs: nobody's samples are deeper. */
const DEEPEST = 16;
const NUMBERS = ["BOOLEAN", "INT32", "INT64", "FLOAT", "DOUBLE"];
const UNREAD = ["BSON", "INTERVAL", "GEOMETRY", "GEOGRAPHY", "VARIANT"];

/**
 * Tells the columns of a schema apart.
 *
 * @param schema The elements, each followed by its children.
 * @throws CommonweightError CW3102 for a list of elements that is no tree.
 */
export function parquetColumns(schema: readonly SchemaElement[]): ParquetColumn[] {
  let next = 0;
  const read = (depth: number): Node => {
    const element = schema[next++];
    if (element === undefined || depth > DEEPEST) throw damage("the schema is no tree");
    const children: Node[] = [];
    while (children.length < (element.num_children ?? 0)) children.push(read(depth + 1));
    return { element, children };
  };
  const root = read(0);
  return root.children.map((node) => columnOf(root, node));
}

function columnOf(root: Node, node: Node): ParquetColumn {
  const { name } = node.element;
  const leafOf = (...nodes: readonly Node[]) => leafAt([root, ...nodes]);
  if (node.children.length === 0) {
    const { converted_type: converted, logical_type: logical } = node.element;
    const unread = UNREAD.find((each) => each === converted || each === logical?.type);
    if (unread !== undefined) return { name, kind: "other", holds: `values of type ${unread}` };
    if (isRepeated(node)) return listOf(name, [node], leafOf);
    return isText(node)
      ? { name, kind: "cell", holds: "single values", leaf: leafOf(node) }
      : { name, kind: "bytes", holds: "bytes", leaf: leafOf(node) };
  }
  const bytes = node.children.find(({ element }) => element.name === "bytes");
  const isFlat = !isRepeated(node) && node.children.every((child) => child.children.length === 0);
  if (bytes?.element.type === "BYTE_ARRAY" && isFlat && !isRepeated(bytes)) {
    return { name, kind: "image", holds: "images", leaf: leafOf(node, bytes) };
  }
  return listOf(name, chainOf(node), leafOf);
}

const isRepeated = ({ element }: Node) => element.repetition_type === "REPEATED";

/** Whether a leaf has single values of which we know what they mean. */
function isText({ element }: Node): boolean {
  const isBytes = element.type === "BYTE_ARRAY" || element.type === "FIXED_LEN_BYTE_ARRAY";
  return !isBytes || element.converted_type !== undefined || element.logical_type !== undefined;
}

/** A node and what is in it, as long as that is one thing. */
function chainOf(node: Node): readonly Node[] {
  const [child, ...others] = node.children;
  if (child === undefined) return [node];
  return others.length > 0 ? [node, ...others] : [node, ...chainOf(child)];
}

function listOf(
  name: string,
  chain: readonly Node[],
  leafOf: (...nodes: readonly Node[]) => ParquetLeaf,
): ParquetColumn {
  const last = chain.at(-1) as Node;
  const isChain = chain.every(({ children }, i) =>
    i + 1 === chain.length ? children.length === 0 : children.length === 1,
  );
  const { type, converted_type: converted, logical_type: logical } = last.element;
  const isNumber =
    NUMBERS.includes(type ?? "") &&
    (converted === undefined || /^U?INT_/.test(converted)) &&
    (logical === undefined || logical.type === "INTEGER");
  if (!isChain || !chain.some(isRepeated)) return { name, kind: "other", holds: "structs" };
  if (!isNumber) return { name, kind: "other", holds: "lists of other things than numbers" };
  return { name, kind: "list", holds: "lists of numbers", leaf: leafOf(...chain) };
}

function leafAt([root, ...nodes]: readonly [Node, ...Node[]]): ParquetLeaf {
  const path = nodes.map(({ element }) => element.name);
  // The root repeats nothing, whatever a file says of it.
  const { repetition_type: _, ...rootElement } = root.element;
  const elements = [rootElement, ...nodes.map(({ element }) => element)];
  return {
    path,
    element: (nodes.at(-1) as Node).element,
    schemaPath: elements.map((element, i) => ({
      ...{ element, children: [], count: 1 },
      path: path.slice(0, i),
    })),
    mostDefined: nodes.filter(({ element }) => element.repetition_type !== "REQUIRED").length,
    mostRepeated: nodes.filter(isRepeated).length,
  };
}
