import { PIN_COLOURS } from "../colours";
import { usePage } from "../page";
import { scale } from "../scale";

interface Mark {
  readonly value: number;
  readonly style: string;
}

interface Props {
  readonly node: number;
  /** The units that the line shows, the first on top; a hollow mark is an imputed value or a second unit. */
  readonly marks: readonly Mark[];
  /** True if marks of two units are joined by a line. */
  readonly isJoined?: boolean;
  /** Rows that have no mark of a pinned unit, since they have one of their own. */
  readonly without?: readonly number[];
}

/** A line from the lowest to the highest value of an indicator, with the median; all its numbers stand beside it. */
export function Track({ node, marks, isJoined, without = [] }: Props) {
  const page = usePage();
  const { low, high, median } = page.store.extent(page.table.run, node, page.period);
  const x = scale(low, high, 0, 100);
  const place = (value: number): { left: string } => ({ left: `${Math.min(100, Math.max(0, x(value)))}%` });
  const present = marks.filter(({ value }) => value === value);
  const ends = present.map(({ value }) => Math.min(100, Math.max(0, x(value))));
  const pinned = page.pinnedRows().filter(([row]) => !without.includes(row));
  const values = page.table.run.scores[node];
  return (
    <div class="track" aria-hidden="true">
      {median === median && <span class="median" style={place(median)} />}
      {isJoined && ends.length === 2 && (
        <span class="link" style={{ left: `${Math.min(...ends)}%`, width: `${Math.abs(ends[1] - ends[0])}%` }} />
      )}
      {pinned.map(
        ([row, at]) =>
          values[row] === values[row] && (
            <span key={row} class="pinned" style={{ ...place(values[row]), background: PIN_COLOURS[at] }} />
          ),
      )}
      {[...present].reverse().map(({ value, style }) => (
        <span key={style} class={style} style={place(value)} />
      ))}
    </div>
  );
}
