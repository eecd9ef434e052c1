import type { ComponentChildren } from "preact";
import type { MedianGap } from "../divide";
import { type Page, usePage } from "../page";
import { chanceAhead } from "../pairs";
import { kindOf, type Kind } from "../strengths";
import { gapsOf } from "../values";
import { Sentences } from "./Sentences";
import { UnitLink } from "./UnitLink";

/** The most indicators that a sentence names. */
const MOST_NAMED = 3;

interface Props {
  readonly row: number;
  readonly gap: MedianGap | null;
}

/** What a unit does best in, what holds it back, how sure its place is, and the values that it lacks. */
export function UnitSentences({ row, gap }: Props) {
  const page = usePage();
  const sentences = [...kindSentences(page, row, gap), ...nextSentence(page, row), ...gapSentences(page, row)];
  if (page.table.changed) sentences.push(page.say("headline.own_weights"));
  return (
    <p class="says">
      <Sentences of={sentences} />
    </p>
  );
}

function kindSentences(page: Page, row: number, gap: MedianGap | null): ComponentChildren[] {
  return (["strength", "weakness"] as const).flatMap((kind) => {
    const ofKind = nodesOfKind(page, row, gap, kind);
    const nodes = ofKind.length || !gap ? ofKind : largestPart(page, row, gap, kind);
    const key = KEYS[kind][ofKind.length ? 0 : 1];
    return nodes.length ? [page.tell(key, { parts: page.speaker.list(nodes.map((node) => <Named key={node} node={node} />)) })] : [];
  });
}

/** The sentences on indicators in which a unit is far from the median, and on the largest part if there are none. */
const KEYS = { strength: ["unit.strength", "unit.gains"], weakness: ["unit.weakness", "unit.loses"] } as const;

/** The largest part on one side of the median, where a unit is far from it in no indicator; an imputed value is left out. */
function largestPart(page: Page, row: number, gap: MedianGap, kind: Kind): number[] {
  const { store, decimals } = page;
  const sign = (kind === "strength" ? 1 : -1) * (page.isLowBest(0) ? -1 : 1);
  const least = 0.5 * 10 ** -decimals;
  return store.leaves
    .filter((node) => page.isMeasured(node, row) && sign * gap.parts[node] > least)
    .sort((a, b) => Math.abs(gap.parts[b]) - Math.abs(gap.parts[a]))
    .slice(0, 1);
}

const Named = ({ node }: { readonly node: number }) => (
  <b>
    <bdi>{usePage().nodeShort(node)}</bdi>
  </b>
);

/** The indicators that help or harm a unit most, of those in which it is far from the median; never an imputed value. */
function nodesOfKind(page: Page, row: number, gap: MedianGap | null, kind: Kind): number[] {
  const { store, table, period } = page;
  const { scores } = table.run;
  const sign = page.isLowBest(0) ? -1 : 1;
  const hasParts = store.leaves.some((node) => gap?.lines.includes(node));
  // without parts of the score, the distance to the median stands in for them
  const effect = (node: number): number => {
    if (gap && hasParts) return sign * gap.parts[node];
    const { low, high, median } = store.extent(table.run, node, period);
    return ((page.isLowBest(node) ? -1 : 1) * (scores[node][row] - median)) / (high - low || 1);
  };
  return store.leaves
    .filter((node) => !store.isImputed(row, node) && kindOf(scores[node][row], store.extent(table.run, node, period).values, effect(node)) === kind)
    .sort((a, b) => Math.abs(effect(b)) - Math.abs(effect(a)))
    .slice(0, MOST_NAMED);
}

/** How far the unit ahead is, and how often this unit is ahead of it in the draws. */
function nextSentence(page: Page, row: number): ComponentChildren[] {
  const { table, order, model, speaker } = page;
  const ranked = [...order].filter((other) => table.ranks[other] === table.ranks[other]);
  const tied = ranked.filter((other) => other !== row && table.ranks[other] === table.ranks[row]);
  const ties = tied.length
    ? [page.tell("unit.tied", { others: speaker.list(tied.slice(0, MOST_NAMED).map((other) => <UnitLink key={other} unit={page.unitOf(other)} />)) })]
    : [];
  const next = ranked.filter((other) => table.ranks[other] < table.ranks[row]).pop();
  if (next === undefined) return ties;
  const distance = Math.abs(table.scores[next] - table.scores[row]);
  const slots = { next: <UnitLink unit={page.unitOf(next)} />, distance: speaker.number(distance, page.finer) };
  const chance = page.isRobust ? chanceAhead(model, page.unitOf(row), page.unitOf(next)) : null;
  if (chance === null) return [...ties, page.tell(page.byRank("unit.next"), slots)];
  return [...ties, page.tell(page.byRank("unit.next_chance"), { ...slots, chance: speaker.percent(chance), says: speaker.text(model.robust!.says) })];
}

function gapSentences(page: Page, row: number): ComponentChildren[] {
  const { store, say } = page;
  const { imputed, missing } = gapsOf(page, row);
  const of = store.leaves.length;
  const filled = page.model.tree.flatMap((part, node) => (!part.leaf && store.isImputed(row, node) ? [node] : []));
  return [
    ...(imputed.length ? [say("unit.imputed", { count: imputed.length, of })] : []),
    ...(missing.length ? [say("unit.missing", { count: missing.length, of })] : []),
    ...(filled.length ? [page.tell("unit.filled", { parts: page.speaker.list(filled.map((node) => <Named key={node} node={node} />)) })] : []),
  ];
}
