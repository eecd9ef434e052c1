import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { type Page, usePage } from "../page";
import { rankingColumns, type TableColumn } from "./columns";
import { useOverflow } from "./useOverflow";
import { ROW_HEIGHT, useWindow } from "./useWindow";

/** The ranking. Only the rows near the screen exist, and the row that has the focus. */
export function RankTable({ rows }: { readonly rows: readonly number[] }) {
  const page = usePage();
  const columns = useMemo(() => rankingColumns(page), [page.table, page.period, page.language, page.shown, page.state.pins]);
  const { body, from, to } = useWindow(rows.length);
  const { box, isWide } = useOverflow();
  const [focused, setFocused] = useState(-1);
  const places = mounted(rows.indexOf(focused), from, to);
  return (
    <div ref={box} class={isWide ? "scroll wide" : "scroll"} tabIndex={0} role="region" aria-labelledby="ranking">
      <table class="rank" aria-rowcount={rows.length + 1} aria-labelledby="ranking">
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <Heading key={column.key} column={column} />
            ))}
          </tr>
        </thead>
        <tbody
          ref={body}
          onFocusIn={(event) => setFocused(Number((event.target as Element).closest("tr")?.dataset.row ?? -1))}
          onFocusOut={() => setFocused(-1)}
        >
          {places.flatMap((place, at) => {
            const gap = place - (at ? places[at - 1] + 1 : 0);
            const row = <Row key={rows[place]} page={page} columns={columns} row={rows[place]} place={place} />;
            return gap ? [<Pad key={`before ${at === 0 ? "all" : rows[place]}`} rows={gap} columns={columns.length} />, row] : [row];
          })}
          <Pad key="after" rows={rows.length - 1 - (places[places.length - 1] ?? -1)} columns={columns.length} />
        </tbody>
      </table>
    </div>
  );
}

/** The places of the rows that exist, in ascending order. */
function mounted(focused: number, from: number, to: number): number[] {
  const places = Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);
  if (focused < 0 || (focused >= from && focused < to)) return places;
  return focused < from ? [focused, ...places] : [...places, focused];
}

/** The room of rows that do not exist. */
function Pad({ rows, columns }: { readonly rows: number; readonly columns: number }) {
  if (rows <= 0) return null;
  return (
    <tr class="pad" aria-hidden="true">
      <td colSpan={columns} style={{ height: `${rows * ROW_HEIGHT}px` }} />
    </tr>
  );
}

function Heading({ column }: { readonly column: TableColumn }) {
  const { state, put } = usePage();
  const { sort, heading, style } = column;
  const isSorted = sort !== null && state.sort.replace(/^-/, "") === sort;
  const content: ComponentChildren = sort === null ? heading : (
    <button type="button" onClick={() => put({ sort: state.sort === sort ? `-${sort}` : sort })}>
      {heading}
    </button>
  );
  const order = state.sort.startsWith("-") !== sort?.startsWith(".") ? "descending" : "ascending";
  return (
    <th scope="col" class={style} aria-sort={isSorted ? order : undefined}>
      {content}
    </th>
  );
}

interface RowProps {
  readonly page: Page;
  readonly columns: readonly TableColumn[];
  readonly row: number;
  readonly place: number;
}

function Row({ page, columns, row, place }: RowProps) {
  const isPinned = page.pinOf(page.unitOf(row)) >= 0;
  return (
    <tr aria-rowindex={place + 2} data-row={row} class={isPinned ? "pinned" : ""}>
      {columns.map(({ key, style, isHeading, cell }) =>
        isHeading ? (
          <th key={key} scope="row" class={style}>
            {cell(row)}
          </th>
        ) : (
          <td key={key} class={style}>
            {cell(row)}
          </td>
        ),
      )}
    </tr>
  );
}
