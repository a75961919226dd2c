/** A shape around (0, 0), of which no point is farther than 1.25. */
interface Shape {
  readonly name: string;
  /** Whether the point `u` to the right and `v` down belongs to it. */
  readonly holds: (u: number, v: number) => boolean;
}

/** Half the side of the squares that are filled with a pattern. */
const PATTERN = 0.85;
/** How many stripes and gaps a pattern has along its side. */
const BANDS = 5;
/** The normals of the three sides of a triangle, and of the five lines of a star. */
const TRIANGLE = [[0, 1], [0.8660254, -0.5], [-0.8660254, -0.5]] as const;
const STAR = [
  [0, 1],
  [0.9510565, 0.309017],
  [0.5877853, -0.809017],
  [-0.5877853, -0.809017],
  [-0.9510565, 0.309017],
] as const;

/** What `drawnShapes` draws, in the order of its labels. */
export const SHAPES: readonly Shape[] = [
  { name: "circle", holds: (u, v) => within(u, v, 0.85) },
  { name: "square", holds: (u, v) => squareHolds(u, v, 0.75) },
  { name: "triangle", holds: (u, v) => linesOutside(TRIANGLE, u, v, 0.5) === 0 },
  {
    name: "cross",
    holds: (u, v) => squareHolds(u, v, 0.95) && Math.min(Math.abs(u), Math.abs(v)) <= 0.25,
  },
  { name: "ring", holds: (u, v) => within(u, v, 0.9) && !within(u, v, 0.55) },
  { name: "star", holds: (u, v) => linesOutside(STAR, u, v, 0.34) <= 1 },
  { name: "diamond", holds: (u, v) => Math.abs(u) / 0.5 + Math.abs(v) <= 1 },
  { name: "stripes", holds: (u, v) => squareHolds(u, v, PATTERN) && band(u) % 2 === 0 },
  { name: "checker", holds: (u, v) => squareHolds(u, v, PATTERN) && (band(u) + band(v)) % 2 === 0 },
  { name: "crescent", holds: (u, v) => within(u, v, 0.9) && !within(u - 0.4, v, 0.75) },
];

function within(u: number, v: number, radius: number): boolean {
  return u * u + v * v <= radius * radius;
}

function squareHolds(u: number, v: number, half: number): boolean {
  return Math.max(Math.abs(u), Math.abs(v)) <= half;
}

/** How many lines, each at the same distance from (0, 0), the point lies beyond. */
function linesOutside(
  normals: readonly (readonly [number, number])[],
  u: number,
  v: number,
  distance: number,
): number {
  let count = 0;
  for (let line = 0; line < normals.length; line++) {
    const normal = normals[line];
    if (normal[0] * u + normal[1] * v > distance) count++;
  }
  return count;
}

function band(place: number): number {
  return Math.floor((place + PATTERN) * BANDS / (2 * PATTERN));
}
