import type { ComponentChildren } from "preact";

export interface DataColumn<Item> {
  readonly key: string;
  readonly heading: ComponentChildren;
  readonly style?: string;
  /** True for the column that names the row. */
  readonly isName?: boolean;
  readonly cell: (item: Item) => ComponentChildren;
}

interface Props<Item> {
  readonly columns: readonly DataColumn<Item>[];
  readonly items: readonly Item[];
  readonly rowStyle?: (item: Item) => string | undefined;
  /** The style of the cell that names a row. */
  readonly nameStyle?: (item: Item) => string;
  readonly foot?: ComponentChildren;
}

/** A table with a heading for each column and for each row. */
export function DataTable<Item>({ columns, items, rowStyle, nameStyle, foot }: Props<Item>) {
  return (
    <table>
      <thead>
        <tr>
          {columns.map(({ key, heading, style }) => (
            <th key={key} scope="col" class={style}>
              {heading}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {items.map((item, at) => (
          <tr key={at} class={rowStyle?.(item)}>
            {columns.map(({ key, style, isName, cell }) =>
              isName ? (
                <th key={key} scope="row" class={nameStyle?.(item)}>
                  {cell(item)}
                </th>
              ) : (
                <td key={key} class={style}>
                  {cell(item)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
      {foot}
    </table>
  );
}

/** A table that scrolls sideways by itself where it is wider than the screen. */
export function Scrolling({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      {children}
    </div>
  );
}
