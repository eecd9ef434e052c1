import type { ComponentChildren } from "preact";
import { type DividedGap, linesByValue } from "../divide";
import { type Page, usePage } from "../page";
import { chanceAhead } from "../pairs";
import { Sentences } from "./Sentences";

/** The most parts that a sentence names. */
const MOST_NAMED = 3;
/** The least part that a sentence names, as a share of all parts without their signs. */
const LEAST_NAMED = 0.005;

interface Props {
  readonly rows: readonly [number, number];
  readonly gap: DividedGap | null;
}

/** Who is ahead of whom, by how much, how often in the draws, and what counts most for each. */
export function Verdict({ rows, gap }: Props) {
  const page = usePage();
  const [a, b] = rows;
  const { table, model, speaker, tell, say } = page;
  const chance = page.isRobust ? chanceAhead(model, page.unitOf(a), page.unitOf(b)) : null;
  const isFirstAhead = chance !== null && chance >= 0.5;
  const name = (row: number): ComponentChildren => <bdi>{page.unitName(page.unitOf(row))}</bdi>;
  const sentences: ComponentChildren[] = [<strong key="ahead">{ahead(page, a, b)}</strong>];
  if (chance !== null && model.robust) {
    const slots = { unit: name(isFirstAhead ? a : b), chance: speaker.percent(isFirstAhead ? chance : 1 - chance) };
    sentences.push(tell(page.byRank("compare.chance"), { ...slots, draws: model.robust.draws, says: speaker.text(model.robust.says) }));
  }
  if (table.changed) sentences.push(say("headline.own_weights"));
  return (
    <>
      <p class="headline">
        <Sentences of={sentences} />
      </p>
      {chance !== null && (
        <div class="odds" aria-hidden="true">
          <div>
            <span style={{ width: `${100 * (page.startsWithWorst ? 1 - chance : chance)}%` }} />
          </div>
          <p>
            <span>{name(a)}</span>
            <span>{name(b)}</span>
          </p>
        </div>
      )}
      {gap && (
        <p>
          <Sentences of={reasons(page, rows, gap)} />
        </p>
      )}
    </>
  );
}

/** Who is ahead: ranks decide, and scores where one of the two has no rank. */
function ahead(page: Page, a: number, b: number): ComponentChildren {
  const { table, tell, speaker, model } = page;
  const sign = model.lowest_first ? -1 : 1;
  const [rank, other] = [table.ranks[a], table.ranks[b]];
  const hasRanks = !Number.isNaN(rank) && !Number.isNaN(other);
  const isFirst = hasRanks ? rank <= other : sign * (table.scores[a] - table.scores[b]) >= 0;
  const [first, second] = isFirst ? [a, b] : [b, a];
  const unit = (row: number): ComponentChildren => <bdi>{page.unitName(page.unitOf(row))}</bdi>;
  const gap = Math.abs(table.scores[a] - table.scores[b]);
  const slots = {
    first: unit(first),
    second: unit(second),
    score: page.score(0, first),
    other: page.score(0, second),
    rank: page.rank(first),
    place: page.rank(second),
    gap: speaker.number(gap, gap < 10 ** -page.decimals ? page.decimals + 2 : page.decimals),
  };
  if (!hasRanks) return tell(gap === 0 ? "compare.same_score" : page.byRank("compare.scores"), slots);
  return tell(rank === other ? "compare.level" : page.byRank("compare.ahead"), slots);
}

/** What makes each better than the other most, and apart from this the parts of values that one lacks. */
function reasons(page: Page, rows: readonly [number, number], gap: DividedGap): ComponentChildren[] {
  const { measured, lacking } = linesByValue(gap, rows, (node, row) => page.isMeasured(node, row));
  const least = LEAST_NAMED * gap.lines.reduce((sum, node) => sum + Math.abs(gap.parts[node]), 0);
  const better = page.isLowBest(0) ? -1 : 1;
  const sentence = (key: "compare.most" | "compare.lacking", side: 0 | 1, nodes: readonly number[]): ComponentChildren[] => {
    const sign = side ? -1 : 1;
    const largest = [...nodes].sort((x, y) => Math.abs(gap.parts[y]) - Math.abs(gap.parts[x])).slice(0, MOST_NAMED);
    const parts = largest.map((node) =>
      page.tell("compare.part", { part: <bdi>{page.nodeShort(node)}</bdi>, points: page.speaker.signed(sign * gap.parts[node], page.finer) }),
    );
    const slots = { unit: <bdi>{page.unitName(page.unitOf(rows[side]))}</bdi>, parts: page.speaker.list(parts) };
    return parts.length ? [page.tell(key, slots)] : [];
  };
  return ([0, 1] as const).flatMap((side) => [
    ...sentence("compare.most", side, measured.filter((node) => (side ? -better : better) * gap.parts[node] > least)),
    ...sentence("compare.lacking", side, lacking[side].filter((node) => Math.abs(gap.parts[node]) > least)),
  ]);
}
