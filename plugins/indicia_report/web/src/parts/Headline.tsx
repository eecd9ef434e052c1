import type { ComponentChildren } from "preact";
import { type Page, usePage } from "../page";
import { chanceAhead } from "../pairs";
import type { Key } from "../say";
import { UnitLink } from "./UnitLink";

/** Who leads, by how much, how sure that is, and under what. */
export function Headline() {
  const page = usePage();
  const [first, second] = page.leaders;
  if (first === undefined) return <p class="headline">{page.say("headline.none")}</p>;
  return (
    <p class="headline">
      <strong>{lead(page, first, second)}</strong>
      {page.speaker.between}
      {how(page, first, second)}
    </p>
  );
}

function lead(page: Page, first: number, second: number | undefined): ComponentChildren {
  const unit = <UnitLink unit={page.unitOf(first)} />;
  const score = page.score(0, first);
  if (second === undefined) return page.tell(page.byRank("headline.alone"), { unit, score });
  const next = <UnitLink unit={page.unitOf(second)} />;
  const { ranks, scores } = page.table;
  const count = leading(page, first);
  if (count > 2) return page.tell(page.byRank("headline.ties"), { unit, next, score, count });
  if (ranks[first] === ranks[second]) return page.tell(page.byRank("headline.tie"), { unit, next, score });
  const gap = page.speaker.number(Math.abs(scores[first] - scores[second]), page.decimals);
  return page.tell(page.byRank("headline.leads"), { unit, next, score, gap });
}

/** The number of units that share the first rank. */
function leading({ order, table: { ranks } }: Page, first: number): number {
  return order.reduce((count, row) => count + (ranks[row] === ranks[first] ? 1 : 0), 0);
}

function how(page: Page, first: number, second: number | undefined): ComponentChildren[] {
  const { table, order, model, say, speaker } = page;
  const sentences: ComponentChildren[] = [];
  if (page.isRobust && model.robust) {
    const { draws, says, caveat, level } = model.robust;
    const chance = second === undefined || leading(page, first) > 2 ? null : chanceAhead(model, page.unitOf(first), page.unitOf(second));
    if (chance !== null) {
      sentences.push(say(firmness(chance), { chance: speaker.percent(chance), draws, says: speaker.text(says) }));
    }
    const places = typicalWidth(page);
    if (places !== null) sentences.push(say("headline.typical", { count: places, level: speaker.percent(level) }));
    if (sentences.length && caveat) sentences.push(speaker.text(caveat));
  }
  if (table.changed) sentences.push(say("headline.own_weights"));
  const unranked = order.reduce((count, row) => count + (table.ranks[row] === table.ranks[row] ? 0 : 1), 0);
  if (unranked) sentences.push(say("headline.unranked", { count: unranked }));
  const unscored = page.rows.length - order.length;
  if (unscored) sentences.push(say("headline.unscored", { count: unscored }));
  return sentences.flatMap((sentence, at) => (at ? [speaker.between, sentence] : [sentence]));
}

function firmness(chance: number): Key {
  if (chance > 0.95) return "headline.firm";
  return chance > 0.8 ? "headline.likely" : "headline.open";
}

/** The number of places within which the rank of half of the units stays. */
function typicalWidth({ model, rows, unitOf }: Page): number | null {
  const { lower, upper } = model.robust!;
  const widths = [...rows].flatMap((row) => {
    const [low, high] = [lower[unitOf(row)], upper[unitOf(row)]];
    return low === null || high === null ? [] : [high - low];
  });
  if (!widths.length) return null;
  widths.sort((a, b) => a - b);
  return Math.round(widths[widths.length >> 1]) + 1;
}
