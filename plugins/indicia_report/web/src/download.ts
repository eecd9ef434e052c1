/** The table as a file: all columns of the index, exact numbers. */
import type { Page } from "./page";

/** The ranking as CSV: ids, names, group, rank, the published rank under own weights, and the value of every node. */
export function csvOfTable(page: Page, rows: readonly number[]): string {
  const { model, store, table, unitOf } = page;
  const nodes = [...model.tree.keys()];
  const raw = model.withheld ? [] : store.leaves.filter((node) => model.raw[node]);
  const [group] = model.groups;
  const head = ["id", "name", ...(group ? [group.id] : []), ...(model.periods.length ? ["period"] : []), "rank"];
  if (table.changed) head.push("published_rank");
  head.push("score", ...nodes.slice(1).map((node) => model.tree[node].id), ...raw.map((node) => `${model.tree[node].id}_raw`));
  const line = (row: number): (string | number)[] => {
    const unit = unitOf(row);
    const label = group ? group.of[unit] : -1;
    return [
      model.unit.ids[unit],
      page.unitName(unit),
      ...(group ? [label < 0 ? "" : page.speaker.text(group.labels[label])] : []),
      ...(model.periods.length ? [model.periods[page.period]] : []),
      table.ranks[row],
      ...(table.changed ? [store.published.ranks[row]] : []),
      ...nodes.map((node) => table.run.scores[node][row]),
      ...raw.map((node) => store.engine.raw(node)![row]),
    ];
  };
  return [head, ...rows.map(line)].map((cells) => `${cells.map(cell).join(",")}\r\n`).join("");
}

/** Texts that a spreadsheet would run as formulas get an apostrophe. */
function cell(value: string | number): string {
  if (typeof value === "number") return value === value ? String(value) : "";
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function save(name: string, text: string): void {
  const link = document.createElement("a");
  // with a byte order mark a spreadsheet reads the file as UTF-8
  link.href = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
