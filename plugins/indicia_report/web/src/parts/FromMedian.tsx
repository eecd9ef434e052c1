import { useState } from "preact/hooks";
import type { DividedGap, MedianGap } from "../divide";
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
  const hasLevels = hasDimensions(page, gap.lines);
  const unit = <bdi>{page.unitName(page.unitOf(row))}</bdi>;
  const ranked = page.order.filter((other) => !Number.isNaN(page.table.ranks[other])).length;
  const base = page.speaker.number(gap.base, page.decimals);
  return (
    <section class="from-median">
      <h3>{page.tell("median.title", { unit })}</h3>
      <p class="quiet">{say(gapsOf(page, row).missing.length ? "median.base_of_own" : "median.base", { base, behind: gap.behind, number: ranked })}</p>
      {hasLevels && <ByLevel level={by} choose={setBy} />}
      <Waterfall
        from={{ name: say("median.profile"), value: gap.base }}
        to={{ name: unit, value: page.table.scores[row] }}
        steps={stepsOf(page, gap, hasLevels ? by : "indicator", [row])}
        caption={say("median.caption")}
      />
      <UndividedNodes gap={gap} />
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

/** True if there are dimensions whose parts are lines. */
export const hasDimensions = (page: Page, lines: readonly number[]): boolean => dimensionsOf(page, lines).some((node) => !lines.includes(node));

/** Fewer dimensions than this are divided into theirs. */
const FEW = 4;

/** The parts of the index; where they are few, those of the next level. A line is not divided. */
function dimensionsOf(page: Page, lines: readonly number[]): readonly number[] {
  const kids = (node: number): readonly number[] => page.kids(node);
  const isDivided = (node: number): boolean => !lines.includes(node) && kids(node).some((kid) => !lines.includes(kid));
  let nodes = kids(0);
  while (nodes.length < FEW && nodes.some(isDivided)) nodes = nodes.flatMap((node) => (isDivided(node) ? kids(node) : [node]));
  return nodes;
}

/** A step for each line, or for each dimension; one that a row has no value for is marked. */
export function stepsOf(page: Page, { parts, lines }: DividedGap, level: Level, rows: readonly number[]): WaterfallStep[] {
  const nodes = level === "dimension" ? dimensionsOf(page, lines) : lines;
  const name = (node: number) => (
    <>
      <bdi>{page.nodeShort(node)}</bdi>
      {!rows.every((row) => page.isMeasured(node, row)) && <span class="flag">{page.say("table.missing")}</span>}
    </>
  );
  return nodes.map((node) => ({ key: page.model.tree[node].id, name: name(node), part: parts[node] }));
}
