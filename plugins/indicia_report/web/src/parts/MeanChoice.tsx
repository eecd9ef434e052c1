import { admits, type Mean, MEANS, same } from "../means";
import type { MeanName } from "../model";
import { usePage } from "../page";
import type { Key } from "../say";
import { Power } from "./Power";

const NAMES: Readonly<Record<MeanName, Key>> = {
  arithmetic: "mean.arithmetic",
  geometric: "mean.geometric",
  harmonic: "mean.harmonic",
  generalised: "mean.generalised",
  min: "mean.min",
  max: "mean.max",
};

const DEFAULT_POWER = 2;

/** The means that may combine the parts of a node, and why some may not. */
export function MeanChoice({ node }: { readonly node: number }) {
  const page = usePage();
  const { say, speaker, state, put, store, table } = page;
  const published = store.engine.publishedMean(node);
  const chosen = table.run.refused.includes(node) ? published : store.engine.mean(state.setting, node);
  const lowest = store.engine.lowestComponent(table.run, node);
  const power = (name: MeanName): number | null => (name === "generalised" ? (chosen.p ?? published.p ?? DEFAULT_POWER) : null);
  const choose = (name: MeanName, p = power(name)): void => {
    const mean: Mean = { name, p };
    const means = new Map(state.setting.means);
    if (same(mean, published)) means.delete(node);
    else means.set(node, mean);
    put({ setting: { ...state.setting, means } });
  };
  const isRefused = (name: MeanName): boolean => !admits({ name, p: power(name) }, lowest);
  const refused = MEANS.filter(isRefused);
  return (
    <div class="mean">
      <label>
        {say("whatif.combined")}{" "}
        <select
          aria-label={say("whatif.combined_node", { node: page.nodeName(node) })}
          value={chosen.name}
          onChange={(event) => choose(event.currentTarget.value as MeanName)}
        >
          {MEANS.map((name) => (
            <option key={name} value={name} disabled={isRefused(name)}>
              {say(NAMES[name], { p: speaker.exact(power(name) ?? 0) })}
            </option>
          ))}
        </select>
      </label>
      {chosen.p !== null && <Power node={node} power={chosen.p} lowest={lowest} choose={(p) => choose("generalised", p)} />}
      {refused.length > 0 && <p class="quiet small">{say("whatif.refuses", { lowest: speaker.significant(lowest) })}</p>}
    </div>
  );
}
