import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Box, drawGraph } from './layers.ts';

const box: Box = { width: 100, height: 40 };

test('a loop: down to its body, and back up beside it', () => {
  const picture = drawGraph(
    [box, box, box, box],
    [
      [0, 1],
      [1, 2],
      [2, 1],
      [1, 3],
    ],
  )!;
  const tops = picture.places.map(({ y }) => y);
  expect(tops[0]).toBeLessThan(tops[1]);
  expect(tops[1]).toBeLessThan(tops[2]);
  expect(tops[2]).toBe(tops[3]);
  expect(picture.edges.map(({ back }) => back)).toEqual([false, false, true, false]);
  const [from, ...way] = picture.edges[2].points;
  expect(from.y).toBe(tops[2] + box.height);
  expect(way.at(-1)?.y).toBe(tops[1]);
  expect(way.length).toBeGreaterThan(2);
});

test('whatever the graph is, boxes lie inside the picture and apart, and edges end at them', () => {
  const graph = fc.integer({ min: 1, max: 30 }).chain((count) =>
    fc.record({
      boxes: fc.array(
        fc.record({ width: fc.integer({ min: 1, max: 300 }), height: fc.integer({ min: 1, max: 90 }) }),
        {
          minLength: count,
          maxLength: count,
        },
      ),
      edges: fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 60 }),
    }),
  );
  fc.assert(
    fc.property(graph, ({ boxes, edges }) => {
      const picture = drawGraph(boxes, edges)!;
      const { places } = picture;
      places.forEach(({ x, y }, a) => {
        expect(x).toBeGreaterThanOrEqual(0);
        expect(y).toBeGreaterThanOrEqual(0);
        expect(x + boxes[a].width).toBeLessThanOrEqual(picture.width + 0.001);
        expect(y + boxes[a].height).toBeLessThanOrEqual(picture.height + 0.001);
        for (let b = 0; b < a; b++) {
          const beside =
            x + boxes[a].width <= places[b].x + 0.001 || places[b].x + boxes[b].width <= x + 0.001;
          const below = y + boxes[a].height <= places[b].y || places[b].y + boxes[b].height <= y;
          expect(beside || below).toBe(true);
        }
      });
      for (const { from, to, back, points } of picture.edges) {
        expect(points.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))).toBe(true);
        expect(points[0].y).toBe(places[from].y + boxes[from].height);
        expect(points.at(-1)!.y).toBe(places[to].y);
        if (!back) expect(places[to].y).toBeGreaterThan(places[from].y);
      }
    }),
  );
});

test('a graph that would be too large is not drawn, and takes no time', () => {
  const boxes = Array.from({ length: 400 }, () => box);
  const chain = boxes.slice(1).map((_, at) => [at, at + 1] as const);
  expect(drawGraph(boxes, chain)).not.toBe(null);
  const dense = boxes.flatMap((_, from) =>
    boxes.slice(from + 1).map((_, at) => [from, from + 1 + at] as const),
  );
  expect(drawGraph(boxes, dense)).toBe(null);
  expect(drawGraph([], [])).toBe(null);
});
