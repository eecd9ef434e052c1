import { render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { type Page, PageContext, usePage } from "../page";
import { rankingRows } from "../ranking";
import { rankingColumns } from "./columns";

/** While the page is printed, the whole ranking stands in place of the rows near the screen. */
export function usePrintedTable(page: Page): void {
  const latest = useRef(page);
  latest.current = page;
  useEffect(() => {
    const box = document.createElement("div");
    const root = document.documentElement;
    const show = (): void => {
      if (latest.current.state.view !== "results") return;
      document.getElementById("app")?.after(box);
      root.classList.add("printing");
      render(
        <PageContext.Provider value={latest.current}>
          <PrintedTable />
        </PageContext.Provider>,
        box,
      );
    };
    const hide = (): void => {
      render(null, box);
      box.remove();
      root.classList.remove("printing");
    };
    addEventListener("beforeprint", show);
    addEventListener("afterprint", hide);
    return () => {
      removeEventListener("beforeprint", show);
      removeEventListener("afterprint", hide);
    };
  }, []);
}

function PrintedTable() {
  const page = usePage();
  const columns = rankingColumns(page, true);
  return (
    <table class="rank printed">
      <caption>{page.say(page.table.changed ? "table.title_own" : "table.title")}</caption>
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
        {rankingRows(page).map((row) => (
          <tr key={row}>
            {columns.map(({ key, style, isHeading, cell }) => {
              const Cell = isHeading ? "th" : "td";
              return (
                <Cell key={key} class={style} scope={isHeading ? "row" : undefined}>
                  {cell(row)}
                </Cell>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
