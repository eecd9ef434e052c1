import { useEffect, useId, useRef, useState } from "preact/hooks";
import { type Page, usePage } from "../page";
import { fold } from "../store";

/** The most matches in the list: a list of all units would be too large for a page. */
const MOST_MATCHES = 12;

interface Props {
  readonly label: string;
  readonly unit: number;
  readonly choose: (unit: number) => void;
}

/** The units whose names or ids hold a text, in the order of the alphabet; those whose names begin with it stand first. */
function matchesOf({ store, names, language }: Page, text: string): number[] {
  const folded = fold(text.trim());
  const byName: number[] = [];
  store.alphabet(language).forEach((place, unit) => (byName[place] = unit));
  const found = byName.filter((unit) => store.isFound(unit, folded));
  const [first, others] = [true, false].map((starts) => found.filter((unit) => fold(names[unit]).startsWith(folded) === starts));
  return [...first, ...others].slice(0, MOST_MATCHES);
}

/** A box to find a unit by a part of its name or id, with a list of matches. */
export function Picker({ label, unit, choose }: Props) {
  const page = usePage();
  const id = useId();
  const name = unit < 0 ? "" : page.unitName(unit);
  const [text, setText] = useState(name);
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => setText(name), [name]);
  const matches = isOpen ? matchesOf(page, text === name ? "" : text) : [];

  function take(one: number | undefined): void {
    setOpen(false);
    setText(name);
    if (one !== undefined && one !== unit) choose(one);
  }
  function press(event: KeyboardEvent): void {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (!isOpen) setOpen(true);
      else setActive((at) => (at + step + matches.length) % Math.max(1, matches.length));
    } else if (event.key === "Enter" && isOpen) {
      event.preventDefault();
      take(matches[active]);
    } else if (event.key === "Escape") take(undefined);
  }
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);

  return (
    <div class="picker">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        role="combobox"
        autocomplete="off"
        spellcheck={false}
        aria-autocomplete="list"
        aria-expanded={isOpen && matches.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={matches.length ? `${id}-${active}` : undefined}
        value={text}
        onFocus={(event) => event.currentTarget.select()}
        onClick={() => setOpen(true)}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setActive(0);
          setOpen(true);
        }}
        onKeyDown={press}
        onBlur={() => take(undefined)}
      />
      <ul id={`${id}-list`} role="listbox" aria-label={label} hidden={!matches.length} ref={list}>
        {matches.map((one, at) => (
          // the press comes before the box loses the focus, and would close the list before a click
          <li
            key={one}
            id={`${id}-${at}`}
            role="option"
            aria-selected={at === active}
            onPointerDown={(event) => {
              event.preventDefault();
              take(one);
            }}
          >
            <bdi>{page.unitName(one)}</bdi>
          </li>
        ))}
      </ul>
      {isOpen && !matches.length && (
        <p class="quiet" role="status">
          {page.say("picker.none")}
        </p>
      )}
    </div>
  );
}
