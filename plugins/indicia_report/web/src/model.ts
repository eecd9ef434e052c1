/** The data of the page, as Python writes them into the element `#model`; `page.schema.json` describes the same. */

/** A text by language. */
export type Text = Readonly<Record<string, string>>;

/** Whole numbers n of 16 or 32 bits, little-endian, in base64; a value is n / 10^d, and the smallest n is no value. */
export interface WholeColumn {
  readonly t: "i2" | "i4";
  readonly d: number;
  readonly v: string;
}

/** Doubles, little-endian, in base64; NaN is no value. */
export interface DoubleColumn {
  readonly t: "f8";
  readonly v: string;
}

/** A straight line through (x0, z0) and (x1, z1) of a column of values, or of the raw and imputed values of its node. */
export interface LinearColumn {
  readonly t: "lin";
  readonly x0: number;
  readonly x1: number;
  readonly z0: number;
  readonly z1: number;
  /** The lowest and the highest value; beyond them the line is cut. */
  readonly clip?: readonly [number, number];
  readonly x?: PlainColumn;
}

export type PlainColumn = WholeColumn | DoubleColumn;
export type Column = PlainColumn | LinearColumn;

export type MeanName = "arithmetic" | "geometric" | "harmonic" | "generalised" | "min" | "max";

export interface MissingRule {
  readonly policy: "refuse" | "propagate" | "skip" | "value" | "group_mean" | (string & {});
  readonly share: number;
  readonly count: number;
  readonly value?: number;
  readonly within?: string;
}

interface Part {
  readonly id: string;
  readonly parents: readonly number[];
  readonly name: Text;
  /** The short name, if it is another one. */
  readonly short?: Text;
  /** True if lower values are better. */
  readonly low_best?: boolean;
}

export interface Dimension extends Part {
  readonly leaf?: undefined;
  readonly kids: readonly number[];
  readonly w: readonly number[];
  /** What the weights sum to, where they are not scaled to 1. */
  readonly total?: number;
  readonly agg: MeanName | (string & {});
  readonly p?: number | null;
  readonly missing: MissingRule;
  readonly decimals?: number;
  /** True if the script can compute the scores from those of the parts. */
  readonly exact: boolean;
  /** The reason why it cannot: the end of a message key `why.…`, or a text. */
  readonly why?: string | Text | null;
  /** Parts that do not count: they stand in the tree, and in no `kids`. */
  readonly shown?: readonly number[];
}

export interface Leaf extends Part {
  readonly leaf: true;
  readonly unit?: Text;
  /** True if less is better. */
  readonly cost?: boolean;
  readonly source?: Text;
  readonly year?: string;
  readonly norm: string;
  readonly bounds?: readonly [number, number];
  readonly decimals_raw?: number;
  /** True if the values are made up. */
  readonly simulated?: boolean;
}

export type TreeNode = Dimension | Leaf;

export interface Group {
  readonly id: string;
  readonly name: Text;
  readonly labels: readonly Text[];
  readonly of: readonly number[];
}

export interface Pairs {
  /** The pairs of all units, or of each unit with the ten ranked above it. */
  readonly kind: "half" | "ten";
  /** Kind "ten": the units by their published rank. */
  readonly order?: PlainColumn;
  /** Kind "half": a byte for each pair i < j, row after row: the chance that i is ahead of j, in half per cent; 255 is
   * none. Kind "ten": ten bytes for each place of the order: the chance that the unit one to ten places above is ahead. */
  readonly v: string;
}

export interface Trend {
  /** For each row up to its period: 1 rises, −1 falls, 0 neither is clear; NaN for too few periods. */
  readonly direction: PlainColumn;
  /** The place of the first period with a score. */
  readonly since: PlainColumn;
}

export interface Robust {
  readonly draws: number;
  readonly says: Text;
  /** What the ranks of the draws leave out. */
  readonly caveat: Text | null;
  readonly period: number;
  readonly level: number;
  readonly lower: readonly (number | null)[];
  readonly upper: readonly (number | null)[];
  readonly ten: readonly (number | null)[];
  readonly pairs: Pairs | null;
}

/** The unit to draw level with; indicators with values that are enough; the numbers of more such indicators, of those that
 * are not enough, and of those that are left out. */
export type Lever = readonly [unit: number, listed: readonly (readonly [node: number, needed: number])[], more: number, short: number, leftOut: number];

/** The values with which units draw level with the unit above and with the tenth, one indicator alone, by unit. */
export interface Levers {
  readonly period: number;
  readonly above: Readonly<Record<number, Lever>>;
  readonly ten: Readonly<Record<number, Lever>>;
}

export interface Bands {
  readonly id: string;
  readonly node: number;
  readonly name: Text;
  readonly labels: readonly Text[];
  readonly colours: readonly (string | null)[] | null;
  /** A shade from 0 to 9 for each label, 9 the best. */
  readonly shades?: readonly number[] | null;
  /** The index of a label for each row; −1 is no band. */
  readonly of: PlainColumn | readonly number[];
}

export interface Outside {
  readonly id: string;
  readonly name: Text;
  readonly column: PlainColumn;
}

export interface WorldMap {
  readonly w: number;
  readonly h: number;
  readonly shapes: Readonly<Record<string, string>>;
  readonly dots: Readonly<Record<string, readonly [number, number]>>;
  readonly others?: string | null;
  readonly name?: Text | null;
  readonly source?: Text | string | null;
  readonly notes?: readonly Text[];
}

export interface Publication {
  readonly publisher?: Text;
  readonly edition?: Text;
  readonly date?: string;
  readonly licence?: Text;
  readonly contact?: Text;
  readonly url?: string;
  readonly doi?: string;
  readonly citation: Text;
}

export interface Model {
  readonly v: 1;
  readonly title: Text;
  /** The command of the scores, if it is not "indicia run index.toml". */
  readonly command?: string;
  readonly langs: readonly string[];
  readonly note?: Text | null;
  readonly methodology: string;
  readonly generator?: string;
  readonly publication: Publication | null;
  readonly withheld: boolean;
  readonly unit: { readonly ids: readonly string[]; readonly names: Readonly<Record<string, readonly string[]>> };
  readonly noun?: Text | null;
  readonly groups: readonly Group[];
  readonly periods: readonly string[];
  readonly row: {
    readonly unit: readonly number[];
    readonly period: readonly number[] | null;
    readonly eligible: readonly (0 | 1)[] | null;
  };
  readonly tree: readonly TreeNode[];
  readonly scores?: Readonly<Record<string, PlainColumn>>;
  readonly score: PlainColumn;
  readonly rank: PlainColumn;
  /** The ranks by each dimension and indicator, among the units that are ranked. */
  readonly ranks: Readonly<Record<string, PlainColumn>>;
  readonly raw: Readonly<Record<string, PlainColumn>>;
  readonly z: Readonly<Record<string, Column>>;
  readonly imputed: readonly (readonly [number, number, number | null])[];
  readonly ties: "min" | "max" | "dense" | "average" | (string & {});
  readonly unrounded: boolean;
  readonly noise: number;
  /** Choices of the levels of the methodology besides weighting and aggregation, as TOML: of the index, and of the levels
   * below it with a comma before each. */
  readonly levels?: { readonly top: string; readonly below: string } | null;
  /** True if the lowest score has rank 1. */
  readonly lowest_first?: boolean;
  readonly robust: Robust | null;
  readonly levers?: Levers | null;
  readonly bands?: readonly Bands[] | null;
  /** The trends of scores, by the place of their node. */
  readonly trends?: Readonly<Record<string, Trend>> | null;
  /** The year of each value of an indicator, where the data state it. */
  readonly years?: Readonly<Record<string, PlainColumn>> | null;
  /** Status, source or standard error of a value, where the data state them. */
  readonly noted?: readonly (readonly [number, number, string])[] | null;
  readonly outside?: readonly Outside[] | null;
  readonly map: WorldMap | null;
}

export const isLeaf = (node: TreeNode): node is Leaf => node.leaf === true;

/** The data as Python writes them, which leaves the unit of each row out where each unit has one row, in their order. */
export type WrittenModel = Omit<Model, "row"> & {
  readonly row: Omit<Model["row"], "unit"> & { readonly unit: readonly number[] | null };
};

export function readModel(data: WrittenModel): Model {
  const { unit, row } = data;
  return { ...data, row: { ...row, unit: row.unit ?? unit.ids.map((_, at) => at) } };
}
