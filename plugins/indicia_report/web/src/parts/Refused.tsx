import { usePage } from "../page";

/** A note where an address asks for a mean that the values do not admit. */
export function Refused() {
  const page = usePage();
  const { refused } = page.table.run;
  if (!refused.length) return null;
  const nodes = page.speaker.list(refused.map((node) => <bdi key={node}>{page.nodeName(node)}</bdi>));
  return (
    <p class="note" role="status">
      {page.tell("whatif.refused", { nodes, count: refused.length })}
    </p>
  );
}
