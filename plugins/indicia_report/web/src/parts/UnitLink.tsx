import type { ComponentChildren } from "preact";
import { usePage } from "../page";
import type { State } from "../state";

interface LinkProps {
  readonly to: Partial<State>;
  readonly current?: boolean;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** A link to a view: it opens in another tab as any link does. */
export function ViewLink({ to, current, class: name, children }: LinkProps) {
  const page = usePage();
  const open = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    page.put(to, true);
  };
  return (
    <a href={page.href(to)} class={name} aria-current={current ? "page" : undefined} onClick={open}>
      {children}
    </a>
  );
}

/** The name of a unit, as a link to its view. */
export function UnitLink({ unit }: { readonly unit: number }) {
  const page = usePage();
  return (
    <ViewLink to={{ view: "unit", unit: page.model.unit.ids[unit] }}>
      <bdi>{page.unitName(unit)}</bdi>
    </ViewLink>
  );
}
