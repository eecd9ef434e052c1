import { useState } from "preact/hooks";
import { csvOfTable, save } from "../download";
import { usePage } from "../page";
import { labelId, write } from "../state";

/** Search, group filter and the buttons above the ranking. */
export function Tools({ rows }: { readonly rows: readonly number[] }) {
  const page = usePage();
  const { state, put, say, model } = page;
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
      <button type="button" onClick={() => save(`${["ranking", model.periods[page.period]].filter(Boolean).join("-")}.csv`, csvOfTable(page, rows))}>
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

/** Buttons that copy the address of the view, or an element that embeds it. */
function Share() {
  const { state, model, say } = usePage();
  const [message, setMessage] = useState("");
  const address = (embed: boolean): string => new URL(write({ ...state, embed }, model), location.href).href;
  const copy = async (text: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setMessage(say("share.copied"));
    } catch {
      setMessage(text);
    }
  };
  const frame = (): string => `<iframe src="${escape(address(true))}" title="${escape(document.title)}" width="100%" height="600"></iframe>`;
  return (
    <>
      <button type="button" onClick={() => copy(address(false))}>
        {say("share.link")}
      </button>
      <button type="button" onClick={() => copy(frame())}>
        {say("share.embed")}
      </button>
      <span role="status" class="copied">
        {message}
      </span>
    </>
  );
}

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
