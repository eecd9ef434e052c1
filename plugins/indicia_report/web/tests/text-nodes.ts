/** Texts that stand in the markup of a TSX source instead of in a message. */
import { parseSync } from "vite";

interface Syntax {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Attributes that readers see or hear. */
const SEEN = ["title", "aria-label", "aria-valuetext", "placeholder", "alt", "label", "aria-description"];
const LETTERS = /\p{L}/u;

export function textNodes(source: string): string[] {
  const { program, errors } = parseSync("source.tsx", source, { lang: "tsx" });
  if (errors.length) throw new Error(errors[0].message);
  const found: string[] = [];
  visit(program as unknown as Syntax, found);
  return found;
}

function visit(node: Syntax, found: string[]): void {
  if (node.type === "JSXText") add(String(node.value), found);
  if (node.type === "JSXExpressionContainer") texts(node.expression as Syntax, found);
  if (node.type === "JSXAttribute") {
    const name = String((node.name as Syntax).name);
    const value = node.value as Syntax | null;
    if (SEEN.includes(name) && value) {
      if (value.type === "Literal") add(String(value.value), found);
      else texts((value as Syntax).expression as Syntax, found);
    }
    // the elements within an attribute's expression are markup too
    if (value?.type === "JSXExpressionContainer") children(value.expression as Syntax, found);
    return;
  }
  children(node, found);
}

function children(node: Syntax, found: string[]): void {
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (child && typeof child === "object" && "type" in child) visit(child as Syntax, found);
  }
}

/** Literals that an expression shows as they stand. */
function texts(node: Syntax, found: string[]): void {
  if (node.type === "Literal" && typeof node.value === "string") add(node.value, found);
  if (node.type === "TemplateLiteral") for (const quasi of node.quasis as { value: { cooked: string } }[]) add(quasi.value.cooked, found, true);
  if (node.type === "ConditionalExpression") for (const branch of [node.consequent, node.alternate]) texts(branch as Syntax, found);
  if (node.type === "LogicalExpression") for (const side of [node.left, node.right]) texts(side as Syntax, found);
}

function add(text: string, found: string[], isWhole = false): void {
  if (LETTERS.test(text)) found.push(isWhole ? text : text.trim());
}
