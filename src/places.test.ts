import { expect, test } from 'vitest';
import { placesOf } from './places.ts';

/** Vectors around some directions: `count` functions of `groups` kinds. */
function grouped(count: number, groups: number, width = 64): Float32Array[] {
  return Array.from({ length: count }, (_, at) => {
    const vector = Float32Array.from({ length: width }, (_, i) => {
      const kind = Math.sin((at % groups) * 12.9898 + i * 78.233);
      return kind + 0.3 * Math.sin(at * 3.7 + i * i * 0.91);
    });
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  });
}

test('functions alike are near each other, and the same vectors give the same map', () => {
  const vectors = grouped(240, 4);
  const places = placesOf(vectors);
  expect(placesOf(vectors)).toEqual(places);
  let right = 0;
  places.forEach((place, a) => {
    const distances = places.map((other, b) =>
      a === b ? 9 : Math.hypot(place!.x - other!.x, place!.y - other!.y),
    );
    const near = distances.indexOf(Math.min(...distances));
    if (near % 4 === a % 4) right++;
  });
  expect(right / places.length).toBeGreaterThan(0.97);
});

test.each([0, 1, 2, 15, 16, 40])('%i functions have places in the unit square', (count) => {
  for (const vectors of [grouped(count, 3), grouped(count, 1).map(() => Float32Array.of(1, 0))]) {
    const places = placesOf([undefined, ...vectors, undefined]);
    expect(places).toHaveLength(count + 2);
    expect([places[0], places.at(-1)]).toEqual([null, null]);
    for (const place of places.slice(1, -1)) {
      for (const value of [place!.x, place!.y]) {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
      }
    }
  }
});
