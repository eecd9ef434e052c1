/**
 * A function for pages that embed the report, and for tests: `indicia.scores("#/?w=index:1,2")` returns the scores and
 * ranks under the weights and means of an address. Scores and ranks have an entry for each row of the model (unit ×
 * period), null where there is none. `refused` names the nodes whose mean the values do not admit: they keep the
 * published mean.
 */
import { recipe } from "./command";
import { read } from "./state";
import type { Store } from "./store";

export interface AddressScores {
  readonly scores: readonly (number | null)[];
  readonly ranks: readonly (number | null)[];
  readonly refused: readonly string[];
  readonly lines: string | null;
}

declare global {
  interface Window {
    indicia: { readonly scores: (address: string) => AddressScores };
  }
}

const listed = (column: Float64Array): (number | null)[] => Array.from(column, (value) => (value === value ? value : null));

export function scoresAt(store: Store, address: string): AddressScores {
  const { setting } = read(String(address), store.model);
  const { scores, ranks, run } = store.table(setting);
  const refused = run.refused.map((node) => store.model.tree[node].id);
  return { scores: listed(scores), ranks: listed(ranks), refused, lines: recipe(store, setting)?.lines ?? null };
}
