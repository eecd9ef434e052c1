import { useEffect, useRef, useState } from "preact/hooks";
import { PIN_COLOURS } from "../colours";
import { type Page, usePage } from "../page";
import { MOST_PINS } from "../state";
import { UnitLink } from "./UnitLink";

/** The pinned units, each in a colour that it keeps in all views. */
export function Pins() {
  const page = usePage();
  const { pins } = page.state;
  const replaced = useReplaced(pins);
  if (!pins.length) return null;
  return (
    <>
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
      <p role="status" class="replaced quiet">
        {replaced && page.say("pins.replaced", { unit: named(page, replaced[0]), old: named(page, replaced[1]), most: MOST_PINS })}
      </p>
    </>
  );
}

const named = ({ store, unitName }: Page, id: string): string => unitName(store.unitAt.get(id)!);

/** The unit that was pinned last, and the one whose place it took; null if it took the place of none. */
function useReplaced(pins: readonly string[]): readonly [string, string] | null {
  const before = useRef(pins);
  const [replaced, setReplaced] = useState<readonly [string, string] | null>(null);
  useEffect(() => {
    const was = before.current;
    before.current = pins;
    const left = was.filter((id) => !pins.includes(id));
    const came = pins.filter((id) => !was.includes(id));
    if (!left.length && !came.length) return;
    setReplaced(was.length === MOST_PINS && left.length === 1 && came.length === 1 ? [came[0], left[0]] : null);
  }, [pins]);
  return replaced;
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
