interface Props<Name extends string> {
  readonly label: string;
  readonly options: readonly (readonly [name: Name, title: string])[];
  readonly chosen: Name;
  readonly choose: (name: Name) => void;
}

/** A few buttons of which one is pressed. */
export function Choice<Name extends string>({ label, options, chosen, choose }: Props<Name>) {
  return (
    <span class="choice" role="group" aria-label={label}>
      {options.map(([name, title]) => (
        <button key={name} type="button" aria-pressed={name === chosen} onClick={() => choose(name)}>
          {title}
        </button>
      ))}
    </span>
  );
}
