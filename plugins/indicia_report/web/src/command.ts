/** The command that gives the scores of a reader's weights and means. */
import type { Engine, Setting } from "./engine";
import type { Model } from "./model";

export function command(model: Model, engine: Engine, setting: Setting): string {
  void [model, engine, setting];
  return "indicia run index.toml";
}
