/**
 * The gap between two profiles of a tree of power means, part by part, by the rule of the natural scale.
 *
 * From the index down, with part(index) = Y_A − Y_B:
 *
 *     part(c) = up(n) · w_c h[u_Ac, u_Bc] / h[V_An, V_Bn] · (u_Ac − u_Bc),   up(c) = up(n) · w_c h[u_Ac, u_Bc] / h[V_An, V_Bn]
 *
 * where h is the scale on which a node adds, and h[a,b] its divided difference. For a geometric mean this is LMDI-I
 * (Ang 2015, Energy Policy 86). Parts below a node, with its rounding, sum to its part; a part in which the two do not
 * differ is 0; and A − B is −(B − A). `indicia explain A B` computes the same parts.
 *
 * A component that counts for one profile only stands at the score of its node in the other (an implied value). One that
 * counts for neither is taken out, and weights are re-scaled.
 */
import { dividedDifference, meanOfScore, scoreOf } from "./power";

/** A part of the tree: an indicator has no components. */
export interface GapNode {
  /** Numbers of the components; empty for an indicator. */
  kids: readonly number[];
  /** The weights of the components, as they enter the score; a product of powers has weights of any sum. */
  weights: readonly number[];
  /** The order of the mean: 1 arithmetic, 0 geometric, −1 harmonic, p generalised. */
  power: number;
}

/** The values of one unit, or of a made-up profile, by node; NaN where there is none. */
export interface Profile {
  /** As components of the parent: dimensions rounded, gaps filled where the policy fills them; the unrounded score of the index. */
  components: ArrayLike<number>;
  /** Scores of dimensions and index before rounding; NaN for indicators. */
  scores: ArrayLike<number>;
}

/** A gap and its parts, by node; a node with several parents has the sum of its places. */
export interface Gap {
  gap: number;
  /** The parts of nodes; that of the index is the gap, and 0 belongs to what counts for neither. */
  parts: Float64Array;
  /** The part of the rounding of each dimension, which no component of it has. */
  rounding: Float64Array;
  /** Nodes whose value in the first profile, and in the second, is implied. */
  implied: readonly [ReadonlySet<number>, ReadonlySet<number>];
  /** True for a node that counts for neither profile. */
  out: boolean[];
}

/** A node on one path from the index. */
interface Place {
  node: number;
  parent: number;
  position: number;
  kids: number[];
}

/** The values of one profile at all places. */
interface Side {
  components: Float64Array;
  scores: Float64Array;
  rounding: Float64Array;
  counts: boolean[];
}

/** More paths than this are not divided: dimensions that share dimensions may have very many. */
const MOST_PLACES = 20_000;

/**
 * The parts of `first` minus `second`; null if a score is missing, if there are too many paths, or if a value lies outside
 * the domain of a mean.
 */
export function gapBetween(tree: readonly GapNode[], first: Profile, second: Profile): Gap | null {
  const places = placesOf(tree);
  if (places === null || Number.isNaN(first.components[0]) || Number.isNaN(second.components[0])) return null;
  const a = sideOf(tree, places, first);
  const b = sideOf(tree, places, second);
  const nominal = alongPaths(places, (place) => weightOf(tree, places, place));
  const counts = places.map((_, p) => (a.counts[p] || b.counts[p]) && nominal[p] !== 0);
  const { parts, rounding } = divide(tree, places, weightsWithin(tree, places, counts), a, b);
  const byNode = (values: Float64Array): Float64Array => {
    const sums = new Float64Array(tree.length);
    places.forEach(({ node }, p) => (sums[node] += values[p]));
    return sums;
  };
  const own = [a, b].map((side) => new Set(places.flatMap(({ node }, p) => (side.counts[p] ? [node] : []))));
  const nodes = [...tree.keys()];
  const lacks = (side: number): Set<number> => new Set(nodes.filter((node) => !own[side].has(node) && own[1 - side].has(node)));
  const result = {
    gap: parts[0],
    parts: byNode(parts),
    rounding: byNode(rounding),
    implied: [lacks(0), lacks(1)] as const,
    out: nodes.map((node) => !own[0].has(node) && !own[1].has(node)),
  };
  return result.parts.every(Number.isFinite) ? result : null;
}

/**
 * The profile of given values of indicators, such as their medians, scored by the tree.
 *
 * `like` leaves out what does not count in the score of another profile: its missing indicators are then no strength or
 * weakness against the given values.
 */
export function profileOf(tree: readonly GapNode[], values: ArrayLike<number>, like?: Profile): Profile {
  const counted = like && countedNodes(tree, like);
  const components = Float64Array.from({ length: tree.length }, () => NaN);
  const scores = components.slice();
  for (let node = tree.length - 1; node >= 0; node--) {
    const { kids, weights, power } = tree[node];
    if (counted && !counted[node]) continue;
    if (kids.length === 0) {
      components[node] = values[node];
      continue;
    }
    scores[node] = components[node] = scoreOf(kids.map((kid) => components[kid]), weights, power);
  }
  return { components, scores };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function placesOf(tree: readonly GapNode[]): Place[] | null {
  const places: Place[] = [{ node: 0, parent: -1, position: 0, kids: [] }];
  for (let p = 0; p < places.length; p++) {
    tree[places[p].node].kids.forEach((node, position) => {
      places[p].kids.push(places.length);
      places.push({ node, parent: p, position, kids: [] });
    });
    if (places.length > MOST_PLACES) return null;
  }
  return places;
}

const weightOf = (tree: readonly GapNode[], places: readonly Place[], place: Place): number =>
  place.parent < 0 ? 1 : tree[places[place.parent].node].weights[place.position];

/** The products of weights down each path. */
function alongPaths(places: readonly Place[], weight: (place: Place, p: number) => number): Float64Array {
  const products = new Float64Array(places.length).fill(1);
  places.forEach((place, p) => {
    if (place.parent >= 0) products[p] = products[place.parent] * weight(place, p);
  });
  return products;
}

/** The weight of each place in its parent, re-scaled over the places that count. */
function weightsWithin(tree: readonly GapNode[], places: readonly Place[], counts: readonly boolean[]): Float64Array {
  const within = new Float64Array(places.length);
  for (const { node, kids } of places) {
    const weights = tree[node].weights;
    let kept = 0;
    let total = 0;
    kids.forEach((kid, k) => {
      total += weights[k];
      if (counts[kid]) kept += weights[k];
    });
    const all = kids.every((kid) => counts[kid]);
    kids.forEach((kid, k) => {
      within[kid] = all ? weights[k] : counts[kid] && kept > 0 ? (weights[k] * total) / kept : 0;
    });
  }
  return within;
}

/** True for the nodes on which the score of a profile depends. */
function countedNodes(tree: readonly GapNode[], profile: Profile): boolean[] {
  const counted = tree.map((_, node) => node === 0 && !Number.isNaN(profile.components[0]));
  tree.forEach(({ kids }, node) => {
    if (!counted[node]) return;
    const filled = Number.isNaN(profile.scores[node]);
    for (const kid of kids) if (filled || !Number.isNaN(profile.components[kid])) counted[kid] = true;
  });
  return counted;
}

/**
 * The values of a profile at all places, with the score of the node in place of each component that does not count.
 *
 * A mean over some components is also the mean with all weights in which each other component stands at the value of the
 * node. Below a node that does not count, or whose component the policy filled, all stand at the component of the node.
 */
function sideOf(tree: readonly GapNode[], places: readonly Place[], profile: Profile): Side {
  const components = Float64Array.from(places, (place) => profile.components[place.node]);
  const scores = Float64Array.from(places, (place) => profile.scores[place.node]);
  const rounding = new Float64Array(places.length);
  const counts = places.map((_, p) => p === 0 && !Number.isNaN(components[0]));
  places.forEach(({ node, kids }, p) => {
    if (tree[node].kids.length === 0) return;
    const filled = !Number.isNaN(components[p]) && Number.isNaN(profile.scores[node]);
    const absent = !counts[p] || Number.isNaN(scores[p]);
    if (absent) scores[p] = components[p];
    else rounding[p] = components[p] - scores[p];
    const mean = meanOfScore(scores[p], sum(tree[node].weights), tree[node].power);
    for (const kid of kids) {
      const present = !Number.isNaN(components[kid]);
      counts[kid] = counts[p] && (filled || present);
      if (!(counts[kid] && present && !filled)) components[kid] = mean;
    }
  });
  return { components, scores, rounding, counts };
}

function divide(
  tree: readonly GapNode[],
  places: readonly Place[],
  within: Float64Array,
  a: Side,
  b: Side,
): { parts: Float64Array; rounding: Float64Array } {
  const parts = new Float64Array(places.length);
  const rounding = new Float64Array(places.length);
  const up = new Float64Array(places.length); // the part for a unit of difference in the place
  parts[0] = a.components[0] - b.components[0];
  rounding[0] = a.rounding[0] - b.rounding[0];
  up[0] = 1;
  places.forEach(({ node, kids }, p) => {
    if (kids.length === 0) return;
    const shares = sharesOf(kids, p, within, tree[node].power, a, b);
    kids.forEach((kid, k) => {
      up[kid] = up[p] * shares[k];
      // a place without weight may have no value
      if (up[kid] === 0) return;
      parts[kid] = up[kid] * (a.components[kid] - b.components[kid]);
      rounding[kid] = up[kid] * (a.rounding[kid] - b.rounding[kid]);
    });
  });
  return { parts, rounding };
}

/** w h[u_A, u_B] / h[V_A, V_B] for the components of a node. */
function sharesOf(kids: readonly number[], p: number, within: Float64Array, power: number, a: Side, b: Side): number[] {
  const weights = kids.map((kid) => within[kid]);
  if (power === 1) return weights;
  const scores = [a.scores[p], b.scores[p]] as const;
  const largest = Math.max(...scores);
  const size = largest > 0 ? largest : 1; // the ratio does not depend on the scale, and powers may overflow
  const ofNode = dividedDifference(scores[0] / size, scores[1] / size, power);
  if (power > 0 && (ofNode === 0 || ofNode === Infinity)) return weights; // both are zero, and so are all components
  if (ofNode === Infinity) return sharesOfZeros(kids, weights, scores[0] - scores[1], a, b);
  return kids.map((kid, k) => {
    const ofKid = dividedDifference(a.components[kid] / size, b.components[kid] / size, power);
    // where h is steep without limit at zero, components that are zero on both sides have no part
    const isLevel = ofKid === Infinity && a.components[kid] === b.components[kid];
    return weights[k] === 0 || isLevel ? 0 : (weights[k] * ofKid) / ofNode;
  });
}

/** The limit at a score of zero: components with a zero on one side share the gap by their weights (Ang & Liu 2007). */
function sharesOfZeros(kids: readonly number[], weights: readonly number[], gap: number, a: Side, b: Side): number[] {
  const oneSided = kids.map((kid, k) => weights[k] !== 0 && (a.components[kid] === 0) !== (b.components[kid] === 0));
  const total = sum(weights.filter((_, k) => oneSided[k]));
  return kids.map((kid, k) =>
    oneSided[k] ? ((weights[k] / total) * gap) / (a.components[kid] - b.components[kid]) : 0,
  );
}
