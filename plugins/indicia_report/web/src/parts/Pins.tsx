import { PIN_COLOURS } from "../colours";
import { usePage } from "../page";
import { UnitLink } from "./UnitLink";

/** The pinned units, each in a colour that it keeps in all views. */
export function Pins() {
  const page = usePage();
  const { pins } = page.state;
  if (!pins.length) return null;
  return (
    <ul class="pins" aria-label={page.say("pins.title")}>
      {pins.map((id, place) => {
        const unit = page.store.unitAt.get(id)!;
        const row = page.store.row(unit, page.period);
        return (
          <li key={id} style={{ borderColor: PIN_COLOURS[place] }}>
            <UnitLink unit={unit} />
            <span>{row < 0 ? page.say("pins.none") : page.say("pins.rank", { rank: page.rank(row), score: page.score(0, row) })}</span>
            <button type="button" aria-label={page.say("pins.remove", { unit: page.unitName(unit) })} onClick={() => page.togglePin(unit)}>
              <span aria-hidden="true">×</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** A button that pins a unit or takes its pin away. */
export function PinButton({ unit }: { readonly unit: number }) {
  const page = usePage();
  const place = page.pinOf(unit);
  return (
    <button
      type="button"
      class="pin"
      aria-pressed={place >= 0}
      aria-label={page.say("pins.add", { unit: page.unitName(unit) })}
      onClick={() => page.togglePin(unit)}
    >
      <i style={{ background: place < 0 ? "" : PIN_COLOURS[place] }} />
    </button>
  );
}
