import type { Refusal } from "../divide";
import { type Page, usePage } from "../page";

/** The reason why a score or a gap is not divided into the parts of indicators. */
export function Undivided({ refusal }: { readonly refusal: Refusal | null }) {
  const page = usePage();
  return (
    <section class="undivided">
      <h3>{page.say("undivided.title")}</h3>
      <p>{refusal ? reasonOf(page, refusal) : page.say("undivided.other")}</p>
    </section>
  );
}

/** The dimensions that stand in one line, with the reasons. */
export function UndividedNodes({ refusals }: { readonly refusals: readonly Refusal[] }) {
  const page = usePage();
  if (!refusals.length) return null;
  return (
    <ul class="quiet notes">
      {refusals.map((refusal) => (
        <li key={refusal.node}>{reasonOf(page, refusal)}</li>
      ))}
    </ul>
  );
}

function reasonOf(page: Page, { node, reason, why }: Refusal): string {
  const { say, speaker } = page;
  const name = page.nodeShort(node);
  if (reason === "no_mean") return say("undivided.no_mean", { name });
  if (reason === "below_zero") return say("undivided.below_zero", { name });
  const key = `why.${String(why)}`;
  const cause = typeof why !== "string" ? speaker.text(why) : say(speaker.has(key) ? key : "why.other");
  return node ? say("undivided.not_exact", { name, cause }) : cause;
}
