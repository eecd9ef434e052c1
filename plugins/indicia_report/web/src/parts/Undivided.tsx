import { type DividedGap, dividerOf, type Refusal } from "../divide";
import { type Page, usePage } from "../page";

/** The reason why a score or a gap is not divided into the parts of indicators. */
export function Undivided({ refusal }: { readonly refusal: Refusal | null }) {
  const page = usePage();
  return (
    <section class="undivided">
      <h3>{page.say("undivided.title")}</h3>
      <p>{refusal ? causeOf(page, refusal) : page.say("undivided.other")}</p>
    </section>
  );
}

/** The dimensions that are one line of a gap, with the reasons. */
export function UndividedNodes({ gap }: { readonly gap: DividedGap }) {
  const page = usePage();
  const byCause = new Map<string, number[]>();
  for (const refusal of dividerOf(page.store, page.table).refusals) {
    if (!gap.lines.includes(refusal.node)) continue;
    const cause = causeOf(page, refusal);
    byCause.set(cause, [...(byCause.get(cause) ?? []), refusal.node]);
  }
  if (!byCause.size) return null;
  return (
    <ul class="quiet notes">
      {[...byCause].map(([cause, nodes]) => {
        const names = page.speaker.list(nodes.map((node) => <bdi key={node}>{page.nodeShort(node)}</bdi>));
        return <li key={cause}>{page.tell("undivided.nodes", { names, cause, count: nodes.length })}</li>;
      })}
    </ul>
  );
}

function causeOf({ say, speaker }: Page, { reason, why }: Refusal): string {
  if (reason === "no_mean") return say("undivided.no_mean");
  if (reason === "below_zero") return say("undivided.below_zero");
  const key = `why.${String(why)}`;
  return typeof why !== "string" ? speaker.text(why) : say(speaker.has(key) ? key : "why.other");
}
