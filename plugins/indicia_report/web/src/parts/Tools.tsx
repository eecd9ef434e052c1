import { csvOfTable, save } from "../download";
import { usePage } from "../page";
import { labelId } from "../state";
import { Share } from "./Share";

/** Search, group filter and the buttons above the ranking. */
export function Tools({ rows }: { readonly rows: readonly number[] }) {
  const page = usePage();
  const { state, put, say, model } = page;
  const fileName = `${["ranking", model.periods[page.period]].filter(Boolean).join("-")}.csv`;
  return (
    <div class="tools">
      <h2 id="ranking">{say("table.title")}</h2>
      <span class="count" role="status">
        {say("table.shown", { shown: rows.length, count: page.rows.length })}
      </span>
      <span class="push" />
      <button type="button" aria-expanded={state.panel} onClick={() => put({ panel: !state.panel })}>
        {say("whatif.title")}
      </button>
      <button type="button" onClick={() => save(fileName, csvOfTable(page, rows))}>
        {say("table.download")}
      </button>
      <Share />
      <div class="find">
        <input
          type="search"
          aria-label={say("table.search")}
          placeholder={say("table.search")}
          value={state.search}
          onInput={(event) => put({ search: event.currentTarget.value })}
        />
        <GroupFilter />
      </div>
    </div>
  );
}

const MOST_LABELS = 60;

function GroupFilter() {
  const { model, state, put, say, speaker } = usePage();
  return model.groups
    .filter(({ labels }) => labels.length > 1 && labels.length < MOST_LABELS)
    .map((group) => {
      const value = state.group?.id === group.id ? state.group.label : "";
      return (
        <select
          key={group.id}
          aria-label={speaker.text(group.name)}
          value={value}
          onChange={(event) => put({ group: event.currentTarget.value ? { id: group.id, label: event.currentTarget.value } : null })}
        >
          <option value="">{say("table.all_groups", { group: speaker.text(group.name) })}</option>
          {group.labels.map((label) => (
            <option key={labelId(label)} value={labelId(label)}>
              {speaker.text(label)}
            </option>
          ))}
        </select>
      );
    });
}
