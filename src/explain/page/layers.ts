/**
 * Control flow as a picture: blocks in layers from the entry down, edges through the gaps between them. It is the
 * method of Sugiyama with simple parts: layers by the longest path, order by barycentres, places by least squares.
 */

export interface Box {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

export interface DrawnEdge {
  from: number;
  to: number;
  /** It leads up, as the end of a loop does. */
  back: boolean;
  /** From the lower rim of one box to the upper rim of the other. */
  points: Point[];
}

export interface Picture extends Box {
  /** The left upper corner of each box. */
  places: Point[];
  edges: DrawnEdge[];
}

/** Space between boxes of a layer, between layers, and around it all, in the units of the boxes. */
const GAP = { x: 24, y: 44, around: 16 } as const;
/** The room of an edge that passes a layer. */
const LANE = 10;
/** Passes down and up; later ones change nothing that a reader sees. */
const ORDERINGS = 8;
const PLACINGS = 12;
/** Boxes and lanes beyond which a picture helps nobody and a browser takes seconds. */
const MOST_NODES = 6000;

interface Node extends Box {
  layer: number;
  /** The middle. */
  x: number;
  /** In the layer above, and below. */
  above: number[];
  below: number[];
  /** The boxes of its own layer that it should be near to, because its edge ends there. */
  beside: number[];
}

/**
 * @param edges which box leads to which
 * @returns null where it would be too large
 */
export function drawGraph(
  boxes: readonly Box[],
  edges: readonly (readonly [number, number])[],
): Picture | null {
  if (boxes.length === 0) return null;
  const backs = backEdges(boxes.length, edges);
  const layers = layersOf(boxes.length, edges, backs);
  const nodes: Node[] = boxes.map((box, at) => ({
    ...box,
    layer: layers[at],
    x: 0,
    above: [],
    below: [],
    beside: [],
  }));
  const lanes: number[][] = [];
  for (const [at, [from, to]] of edges.entries()) {
    lanes.push(addLanes(nodes, from, to, backs.has(at)));
    if (nodes.length > MOST_NODES) return null;
  }
  const rows: number[][] = [];
  nodes.forEach(({ layer }, at) => (rows[layer] ??= []).push(at));
  orderRows(nodes, rows);
  placeRows(nodes, rows);
  const tops: number[] = [];
  const bottoms: number[] = [];
  let y: number = GAP.around;
  for (const row of rows) {
    tops.push(y);
    y += row.reduce((most, at) => Math.max(most, nodes[at].height), 0);
    bottoms.push(y);
    y += GAP.y;
  }
  const left = nodes.reduce((least, node) => Math.min(least, node.x - node.width / 2), Infinity) - GAP.around;
  for (const node of nodes) node.x -= left;
  const right = nodes.reduce((most, node) => Math.max(most, node.x + node.width / 2), 0);
  const places = boxes.map((box, at) => ({ x: nodes[at].x - box.width / 2, y: tops[layers[at]] }));
  return {
    width: right + GAP.around,
    height: y - GAP.y + GAP.around,
    places,
    edges: edges.map(([from, to], at) => {
      const back = backs.has(at);
      const points = lanes[at].flatMap((lane) => {
        const { x, layer } = nodes[lane];
        const passed = [
          { x, y: tops[layer] },
          { x, y: bottoms[layer] },
        ];
        return back ? passed.reverse() : passed;
      });
      const start = { x: nodes[from].x, y: places[from].y + boxes[from].height };
      return { from, to, back, points: [start, ...points, { x: nodes[to].x, y: places[to].y }] };
    }),
  };
}

/** The edges that lead back to a box on the way from the entry, by a search in depth without recursion. */
function backEdges(count: number, edges: readonly (readonly [number, number])[]): Set<number> {
  const leaving: number[][] = Array.from({ length: count }, () => []);
  for (const [at, [from]] of edges.entries()) leaving[from].push(at);
  const state = new Uint8Array(count);
  const [open, closed] = [1, 2];
  const backs = new Set<number>();
  for (let root = 0; root < count; root++) {
    if (state[root] !== 0) continue;
    const path: { node: number; next: number }[] = [{ node: root, next: 0 }];
    state[root] = open;
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const edge = leaving[top.node].at(top.next++);
      if (edge === undefined) {
        state[top.node] = closed;
        path.pop();
        continue;
      }
      const to = edges[edge][1];
      if (state[to] === open) backs.add(edge);
      else if (state[to] === 0) {
        state[to] = open;
        path.push({ node: to, next: 0 });
      }
    }
  }
  return backs;
}

/** For each box the length of the longest way to it. */
function layersOf(
  count: number,
  edges: readonly (readonly [number, number])[],
  backs: ReadonlySet<number>,
): number[] {
  const down = edges.filter((_, at) => !backs.has(at));
  const waiting = new Array<number>(count).fill(0);
  const leaving: number[][] = Array.from({ length: count }, () => []);
  for (const [from, to] of down) {
    waiting[to]++;
    leaving[from].push(to);
  }
  const layers = new Array<number>(count).fill(0);
  const ready = waiting.flatMap((left, node) => (left === 0 ? [node] : []));
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    for (const to of leaving[node]) {
      layers[to] = Math.max(layers[to], layers[node] + 1);
      if (--waiting[to] === 0) ready.push(to);
    }
  }
  return layers;
}

/**
 * Makes the lanes of an edge, one in each layer that it passes: of an edge that leads up also those of its ends,
 * because it leaves a box below and enters one above. @returns them, from its start
 */
function addLanes(nodes: Node[], from: number, to: number, back: boolean): number[] {
  const [upper, lower] = back ? [to, from] : [from, to];
  const first = nodes[upper].layer + (back ? 0 : 1);
  const last = nodes[lower].layer - (back ? 0 : 1);
  const lanes: number[] = [];
  const connect = (a: number, b: number): void => {
    nodes[a].below.push(b);
    nodes[b].above.push(a);
  };
  for (let layer = first; layer <= last && nodes.length <= MOST_NODES; layer++) {
    nodes.push({ width: LANE, height: 0, layer, x: 0, above: [], below: [], beside: [] });
    const lane = nodes.length - 1;
    const before = lanes.at(-1) ?? (back ? undefined : upper);
    if (before !== undefined) connect(before, lane);
    lanes.push(lane);
  }
  if (!back) connect(lanes.at(-1) ?? upper, lower);
  else if (lanes.length > 0) {
    nodes[lanes[0]].beside.push(upper);
    nodes[lanes[lanes.length - 1]].beside.push(lower);
  }
  return back ? lanes.reverse() : lanes;
}

/** Orders each row by where the neighbours in the row before stand, so that few edges cross. */
function orderRows(nodes: readonly Node[], rows: readonly number[][]): void {
  const position = new Float64Array(nodes.length);
  const settle = (row: readonly number[]): void => row.forEach((node, at) => (position[node] = at));
  rows.forEach(settle);
  for (let pass = 0; pass < ORDERINGS; pass++) {
    const down = pass % 2 === 0;
    for (const row of down ? rows : [...rows].reverse()) {
      const wanted = new Map(
        row.map((node) => {
          const near = down ? nodes[node].above : nodes[node].below;
          if (near.length > 0) return [node, mean(near.map((at) => position[at]))];
          const [box] = nodes[node].beside;
          return [node, box === undefined ? position[node] : position[box] + 0.5];
        }),
      );
      row.sort((a, b) => wanted.get(a)! - wanted.get(b)! || position[a] - position[b]);
      settle(row);
    }
  }
}

/** Gives each node the place nearest to its neighbours' that the order and the widths of its row allow. */
function placeRows(nodes: readonly Node[], rows: readonly number[][]): void {
  for (const row of rows) placeRow(nodes, row, () => 0);
  for (let pass = 0; pass < PLACINGS; pass++) {
    const down = pass % 2 === 0;
    for (const row of down ? rows : [...rows].reverse()) {
      placeRow(nodes, row, ({ above, below, beside, x }) => {
        const near = (down ? above : below).concat(
          beside,
          pass >= PLACINGS / 2 ? (down ? below : above) : [],
        );
        return near.length === 0 ? x : mean(near.map((at) => nodes[at].x));
      });
    }
  }
}

/** Least squares under the order of the row: what would overlap moves together, to the mean of its wishes. */
function placeRow(nodes: readonly Node[], row: readonly number[], wish: (node: Node) => number): void {
  const offsets: number[] = [];
  row.forEach((node, at) => {
    const before = at === 0 ? undefined : nodes[row[at - 1]];
    const distance = before === undefined ? 0 : (before.width + nodes[node].width) / 2 + GAP.x;
    offsets.push((offsets.at(-1) ?? 0) + distance);
  });
  const groups: { sum: number; count: number }[] = [];
  row.forEach((node, at) => {
    let group = { sum: wish(nodes[node]) - offsets[at], count: 1 };
    for (let last = groups.at(-1); last !== undefined; last = groups.at(-1)) {
      if (last.sum / last.count <= group.sum / group.count) break;
      group = { sum: last.sum + group.sum, count: last.count + group.count };
      groups.pop();
    }
    groups.push(group);
  });
  let at = 0;
  for (const { sum, count } of groups) {
    for (const end = at + count; at < end; at++) nodes[row[at]].x = sum / count + offsets[at];
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
