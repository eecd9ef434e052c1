import { useState } from "preact/hooks";
import { dividerOf, type MedianGap } from "../divide";
import { type Page, usePage } from "../page";
import { gapsOf } from "../values";
import { Choice } from "./Choice";
import { UndividedNodes } from "./Undivided";
import { Waterfall, type WaterfallStep } from "./Waterfall";

/** More indicators than this are added up by dimension at first. */
const MANY = 24;

interface Props {
  readonly row: number;
  readonly gap: MedianGap;
}

/** The way from the score of the median profile to that of a unit. */
export function FromMedian({ row, gap }: Props) {
  const page = usePage();
  const { say } = page;
  const [by, setBy] = useState<Level>(page.store.leaves.length > MANY ? "dimension" : "indicator");
  const level = hasDimensions(page) ? by : "indicator";
  const unit = <bdi>{page.unitName(page.unitOf(row))}</bdi>;
  const base = page.speaker.number(gap.base, page.decimals);
  return (
    <section class="from-median">
      <h3>{page.tell("median.title", { unit })}</h3>
      <p class="quiet">{say(gapsOf(page, row).missing.length ? "median.base_of_own" : "median.base", { base })}</p>
      {hasDimensions(page) && <ByLevel level={level} choose={setBy} />}
      <Waterfall
        from={{ name: say("median.profile"), value: gap.base }}
        to={{ name: unit, value: page.table.scores[row] }}
        steps={stepsOf(page, gap.parts, gap.lines, level)}
        caption={say("median.caption")}
      />
      <UndividedNodes refusals={dividerOf(page.store, page.table).refusals} />
    </section>
  );
}

export type Level = "indicator" | "dimension";

export function ByLevel({ level, choose }: { readonly level: Level; readonly choose: (level: Level) => void }) {
  const { say } = usePage();
  const options = [
    ["dimension", say("level.dimension")],
    ["indicator", say("level.indicator")],
  ] as const;
  return <Choice label={say("level.label")} options={options} chosen={level} choose={choose} />;
}

/** True if the index has dimensions with indicators below them. */
export const hasDimensions = (page: Page): boolean => dimensionsOf(page).some((node) => !page.isLeaf(node));

/** Fewer dimensions than this are divided into theirs. */
const FEW = 4;

/** The parts of the index; where they are few, those of the next level. */
function dimensionsOf(page: Page): readonly number[] {
  let nodes = page.kids(0);
  while (nodes.length < FEW) {
    const next = nodes.flatMap((node) => (page.kids(node).some((kid) => !page.isLeaf(kid)) ? page.kids(node) : [node]));
    if (next.length === nodes.length) break;
    nodes = next;
  }
  return nodes;
}

/** A step for each indicator, or for each part of the index. */
export function stepsOf(page: Page, parts: Float64Array, lines: readonly number[], level: Level): WaterfallStep[] {
  const nodes = level === "dimension" ? dimensionsOf(page).filter((node) => parts[node] !== 0) : lines;
  return nodes.map((node) => ({ key: page.model.tree[node].id, name: <bdi>{page.nodeShort(node)}</bdi>, part: parts[node] }));
}
