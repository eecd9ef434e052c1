/** Sentences on ranks, and those in their place where ranks start with the worst unit, as in an index of risk. */
import type { Key } from "./say";

export const WORST_FIRST = {
  "headline.alone": "headline.alone_worst",
  "headline.leads": "headline.leads_worst",
  "headline.tie": "headline.tie_worst",
  "headline.ties": "headline.ties_worst",
  "unit.next": "unit.next_worst",
  "unit.next_chance": "unit.next_chance_worst",
  "neighbours.ahead": "neighbours.ahead_worst",
  "neighbours.draws": "neighbours.draws_worst",
  "compare.ahead": "compare.ahead_worst",
  "compare.scores": "compare.scores_worst",
  "compare.chance": "compare.chance_worst",
  "move.rose": "move.rose_worst",
  "move.fell": "move.fell_worst",
  "move.passed": "move.passed_worst",
  "move.passed_by": "move.passed_by_worst",
  "move.entered": "move.entered_worst",
  "move.left": "move.left_worst",
} as const satisfies Partial<Record<Key, Key>>;

export type RankKey = keyof typeof WORST_FIRST;
