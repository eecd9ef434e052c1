import type { Bands } from "../model";
import { usePage } from "../page";
import { bandOf } from "../ranking";

/** The band of a row as a traffic light, with its word. */
export function Band({ bands, row }: { readonly bands: Bands; readonly row: number }) {
  const { speaker } = usePage();
  const band = bandOf(bands, row);
  if (band < 0) return null;
  const colour = bands.colours?.[band];
  return (
    <span class="band">
      <i class={`shade${bands.shades?.[band] ?? ""}`} style={{ background: colour ?? "" }} />
      {speaker.text(bands.labels[band])}
    </span>
  );
}
