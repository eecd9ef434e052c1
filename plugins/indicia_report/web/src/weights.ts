/** Weights as sliders show them. */
import type { Engine } from "./engine";
import { isLeaf, type Model } from "./model";

/** The weight at the right end of the sliders of a node: twice the largest published one. It never changes. */
export function sliderScale(published: readonly number[]): number {
  return 2 * Math.max(...published) || 1;
}

/** Weights on the scale of the sliders. Those of an address may be larger: then all are made smaller alike. */
export function shownWeights(weights: readonly number[], published: readonly number[]): readonly number[] {
  const largest = Math.max(...weights);
  const end = sliderScale(published);
  return largest > end ? weights.map((weight) => (weight * end) / largest) : weights;
}

/** Equal weights at every node that a reader may change. */
export function equalWeights(model: Model, engine: Engine): Map<number, readonly number[]> {
  const equal = new Map<number, readonly number[]>();
  model.tree.forEach((node, at) => {
    if (isLeaf(node) || node.kids.length < 2 || !engine.isAdjustable(at)) return;
    const mean = node.w.reduce((sum, weight) => sum + weight, 0) / node.kids.length;
    if (node.w.some((weight) => weight !== node.w[0])) equal.set(at, node.kids.map(() => mean));
  });
  return equal;
}
