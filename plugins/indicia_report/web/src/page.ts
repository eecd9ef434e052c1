/** What every view needs: the state, the tables of it, and the words of its language. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { isLeaf, type Model } from "./model";
import type { Key, Messages } from "./say";
import { Speaker } from "./say";
import { MOST_PINS, type State, write } from "./state";
import type { Store, Table } from "./store";
import { type RankKey, WORST_FIRST } from "./worst";

export type Put = (patch: Partial<State>, isNewView?: boolean) => void;

export class Page {
  readonly speaker: Speaker;
  readonly period: number;
  /** The rows of the period. */
  readonly rows: Int32Array;
  readonly table: Table;
  /** The rows of the period that have a score, the best first. */
  readonly order: Int32Array;
  /** The first two that have a rank. */
  readonly leaders: readonly number[];
  /** The node that the strip and the map show. */
  readonly shown: number;
  /** True if intervals and probabilities belong to what is shown. */
  readonly isRobust: boolean;
  readonly names: readonly string[];
  readonly say: Speaker["say"];
  readonly tell: Speaker["tell"];

  constructor(
    readonly store: Store,
    readonly state: State,
    readonly put: Put,
    private readonly messages: Messages,
    language: string,
  ) {
    const { model } = store;
    this.speaker = new Speaker(messages, language);
    this.say = this.speaker.say.bind(this.speaker);
    this.tell = this.speaker.tell.bind(this.speaker);
    this.period = Math.max(0, model.periods.indexOf(state.period));
    this.rows = store.rowsOf[this.period];
    this.table = store.table(state.setting);
    this.order = this.table.orders[this.period];
    this.leaders = firstRanked(this.order, this.table.ranks);
    this.shown = Math.max(0, model.tree.findIndex(({ id }) => id === state.show));
    this.isRobust = model.robust !== null && !this.table.changed && model.robust.period === this.period;
    this.names = store.namesOf(language);
  }

  get model(): Model {
    return this.store.model;
  }

  get language(): string {
    return this.speaker.language;
  }

  /** The decimals of the scores of the index. */
  get decimals(): number {
    return this.store.decimals(0, this.period);
  }

  /** The decimals of parts of a score: one more than a score has that is rounded. */
  get finer(): number {
    const root = this.model.tree[0];
    return isLeaf(root) || root.decimals === undefined ? this.decimals : root.decimals + 1;
  }

  /** The name of a unit, with its id where two units have the same name. */
  readonly unitName = (unit: number): string => this.names[unit];

  nodeName(node: number): string {
    return this.speaker.text(this.model.tree[node].name);
  }

  readonly nodeShort = (node: number): string => {
    const { short, name } = this.model.tree[node];
    return this.speaker.text(short ?? name);
  };

  /** The name of a node in a list of columns: the index is its score. */
  nodeTitle(node: number): string {
    return node ? this.nodeShort(node) : this.speaker.say("table.score");
  }

  /** The score or normalised value of a node in a row, as text. */
  score(node: number, row: number): string {
    return this.speaker.number(this.table.run.scores[node][row], this.store.decimals(node, this.period));
  }

  /** The rank of a row by a node, by default the index; a dash if it has none. */
  rank(row: number, node = 0): string {
    const rank = this.store.ranks(this.table, node)[row];
    return this.speaker.number(rank, Number.isInteger(rank) ? 0 : 1);
  }

  /** The number of units of the period that have a rank by a node. */
  ranked(node: number): number {
    const ranks = this.store.ranks(this.table, node);
    return this.rows.reduce((count, row) => count + (Number.isNaN(ranks[row]) ? 0 : 1), 0);
  }

  /** The rank of a row by a node, and of how many units; a dash if it has none. */
  place(node: number, row: number): string {
    const rank = this.rank(row, node);
    return Number.isNaN(this.store.ranks(this.table, node)[row]) ? rank : this.say("table.place", { rank, count: this.ranked(node) });
  }

  /** The place of a unit among the pinned; −1 if it is not pinned. */
  pinOf(unit: number): number {
    return this.state.pins.indexOf(this.model.unit.ids[unit]);
  }

  readonly unitOf = (row: number): number => this.model.row.unit[row];

  idOf(row: number): string {
    return this.model.unit.ids[this.unitOf(row)];
  }

  href(patch: Partial<State>): string {
    return write({ ...this.state, ...patch }, this.model);
  }

  isLeaf(node: number): boolean {
    return isLeaf(this.model.tree[node]);
  }

  /** True if lower values of a node are better. */
  readonly isLowBest = (node: number): boolean => this.model.tree[node].low_best ?? false;

  /** True if the worst unit has rank 1, as in an index of risk. */
  get startsWithWorst(): boolean {
    return this.isLowBest(0) !== (this.model.lowest_first ?? false);
  }

  /** The key of a sentence on ranks: another one where the worst unit has rank 1. */
  readonly byRank = (key: RankKey): Key => (this.startsWithWorst ? WORST_FIRST[key] : key);

  /** The style of a part of the score of the index: whether it makes a unit better or worse. */
  readonly partStyle = (part: number): "plus" | "minus" => ((this.isLowBest(0) ? -part : part) < 0 ? "minus" : "plus");

  /** True if a row has a value of a node that was measured: the method neither fills it in nor does without it. */
  isMeasured(node: number, row: number): boolean {
    return !Number.isNaN(this.table.run.scores[node][row]) && !this.store.isImputed(row, node);
  }

  /** A unit with its score and rank by a node, for the caption of a figure. */
  unitAndScore(row: number, node: number): string {
    const unit = this.unitName(this.unitOf(row));
    return this.say("figure.unit", { unit, score: this.score(node, row), rank: this.place(node, row) });
  }

  /** The rows of the pinned units in the period, each with the place of its pin. */
  pinnedRows(): [row: number, place: number][] {
    const rows = this.state.pins.map((id, place): [number, number] => [this.store.row(this.store.unitAt.get(id)!, this.period), place]);
    return rows.filter(([row]) => row >= 0);
  }

  /** Open the view of the unit of a row. */
  open(row: number): void {
    if (row >= 0) this.openUnit(this.idOf(row));
  }

  openUnit(id: string): void {
    if (this.store.unitAt.has(id)) this.put({ view: "unit", unit: id }, true);
  }

  languageName(language: string): string {
    const name = this.messages[language]?.["language.name"];
    return typeof name === "string" ? name : language;
  }

  togglePin(unit: number): void {
    const id = this.model.unit.ids[unit];
    const { pins } = this.state;
    this.put({ pins: pins.includes(id) ? pins.filter((pin) => pin !== id) : [...pins, id].slice(-MOST_PINS) });
  }

  /** The parts of a node; an indicator has none. */
  kids(node: number): readonly number[] {
    const part = this.model.tree[node];
    return isLeaf(part) ? [] : part.kids;
  }
}

function firstRanked(order: Int32Array, ranks: Float64Array): number[] {
  const first: number[] = [];
  for (const row of order) {
    if (ranks[row] === ranks[row]) first.push(row);
    if (first.length === 2) break;
  }
  return first;
}

export const PageContext = createContext<Page | null>(null);

export function usePage(): Page {
  const page = useContext(PageContext);
  if (!page) throw new Error("a view stands outside of a page");
  return page;
}
