import { usePage } from "../page";

const THINNEST = 0.5;

interface Props {
  readonly part: number;
  /** The largest part of the column without its sign, which fills half of the width. */
  readonly largest: number;
}

/** A bar to the left or right of zero, in the colour of better or worse; its number stands beside it. */
export function Diverging({ part, largest }: Props) {
  const { partStyle } = usePage();
  if (!(Math.abs(part) > 0)) return <div class="diverging" aria-hidden="true" />;
  const length = Math.max(THINNEST, (50 * Math.abs(part)) / largest);
  return (
    <div class="diverging" aria-hidden="true">
      <span class={partStyle(part)} style={{ left: `${part < 0 ? 50 - length : 50}%`, width: `${length}%` }} />
    </div>
  );
}
