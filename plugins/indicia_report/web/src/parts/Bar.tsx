import { type Page, usePage } from "../page";
import { type State, VIEWS, type View } from "../state";
import type { Key } from "../say";
import { ViewLink } from "./UnitLink";

export const VIEW_TITLES: Readonly<Record<View, Key>> = {
  results: "nav.results",
  unit: "nav.unit",
  compare: "nav.compare",
  time: "nav.time",
  method: "nav.method",
};

/** The bar above all views: views, the period, languages. */
export function Bar() {
  const page = usePage();
  const views = VIEWS.filter((view) => view !== "time" || page.model.periods.length > 1);
  if (page.state.embed) return <Embedded />;
  return (
    <div class="bar">
      <nav aria-label={page.say("nav.views")}>
        {views.map((view) => (
          <ViewLink key={view} to={target(page, view)} current={view === page.state.view}>
            {page.say(VIEW_TITLES[view])}
          </ViewLink>
        ))}
      </nav>
      {page.model.periods.length > 1 && <Period />}
      {page.model.langs.length > 1 && <Languages />}
    </div>
  );
}

/** In a frame of another page: the period, and a link to the whole report. */
function Embedded() {
  const page = usePage();
  return (
    <div class="bar">
      {page.model.periods.length > 1 && <Period />}
      <a href={location.href.split(/[?#]/)[0] + page.href({ embed: false })} target="_blank" rel="noopener">
        {page.say("app.full")}
      </a>
    </div>
  );
}

/** Where a link of the bar leads: views of units open with the units shown before, the pinned, or the first two. */
function target({ state, leaders, model, unitOf }: Page, view: View): Partial<State> {
  if (view !== "unit" && view !== "compare") return { view };
  const units = [...new Set([state.unit, ...state.pins, ...leaders.map((row) => model.unit.ids[unitOf(row)])])].filter(Boolean);
  return view === "unit" ? { view, unit: units[0] ?? "" } : { view, unit: units[0] ?? "", other: state.other || (units[1] ?? "") };
}

function Period() {
  const page = usePage();
  const { periods } = page.model;
  return (
    <label class="period">
      {page.say("nav.period")}
      <input
        type="range"
        min={0}
        max={periods.length - 1}
        value={page.period}
        aria-valuetext={periods[page.period]}
        onInput={(event) => page.put({ period: periods[Number(event.currentTarget.value)] })}
      />
      <output>{periods[page.period]}</output>
    </label>
  );
}

function Languages() {
  const page = usePage();
  return (
    <span class="langs" role="group" aria-label={page.say("nav.language")}>
      {page.model.langs.map((language) => (
        <button
          key={language}
          type="button"
          lang={language}
          aria-pressed={language === page.language}
          onClick={() => page.put({ language })}
        >
          {page.languageName(language)}
        </button>
      ))}
    </span>
  );
}
