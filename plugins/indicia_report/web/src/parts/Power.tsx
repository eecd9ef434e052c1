import { useEffect, useId, useState } from "preact/hooks";
import { admits } from "../means";
import { usePage } from "../page";
import { isPower, LARGEST_POWER } from "../state";

interface Props {
  readonly node: number;
  readonly power: number;
  /** The lowest component of the node. */
  readonly lowest: number;
  readonly choose: (power: number) => void;
}

/** The box for the power of a power mean. A text that is no power, or that the values do not admit, changes nothing. */
export function Power({ node, power, lowest, choose }: Props) {
  const { say, speaker, nodeShort } = usePage();
  const id = useId();
  const [text, setText] = useState(String(power));
  // an address, or a button, may set another power than the box has
  useEffect(() => setText((shown) => (Number(shown) === power ? shown : String(power))), [power]);
  const fits = (entered: string): boolean =>
    entered.trim() !== "" && isPower(Number(entered)) && admits({ name: "generalised", p: Number(entered) }, lowest);
  const isRefused = !fits(text);
  return (
    <p class="power">
      <label for={id}>{say("whatif.power")}</label>{" "}
      <input
        id={id}
        type="number"
        step="0.5"
        min={-LARGEST_POWER}
        max={LARGEST_POWER}
        aria-label={say("whatif.power_node", { node: nodeShort(node) })}
        aria-invalid={isRefused}
        aria-describedby={isRefused ? `${id}-note` : undefined}
        value={text}
        onInput={(event) => {
          const entered = event.currentTarget.value;
          setText(entered);
          if (fits(entered)) choose(Number(entered));
        }}
      />
      {isRefused && (
        <span id={`${id}-note`} class="quiet small" role="status">
          {say("whatif.power_refused", { most: LARGEST_POWER, lowest: speaker.significant(lowest) })}
        </span>
      )}
    </p>
  );
}
