// Digits written by nobody: ten paths of strokes, and for each picture of them another hand.

import { type Generator, rng, type Tensor, tensor } from '@retrograd/autograd';
import type { Batch } from '@retrograd/nn';

type Point = readonly [x: number, y: number];

/** Points of a circle's arc about (x, y), from one angle to another in degrees: 0 is right, 90 is down. */
function arc(x: number, y: number, rx: number, ry: number, from: number, to: number): Point[] {
  const steps = Math.ceil(Math.abs(to - from) / 20);
  return Array.from({ length: steps + 1 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / steps) * Math.PI) / 180;
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)];
  });
}

/** The strokes of each digit, within −1 … 1 to the right and downwards. */
const STROKES: readonly (readonly (readonly Point[])[])[] = [
  [arc(0, 0, 0.55, 0.9, 0, 360)],
  [
    [
      [-0.35, -0.55],
      [0.05, -0.9],
      [0.05, 0.9],
    ],
  ],
  [[...arc(0, -0.42, 0.52, 0.48, 190, 390), [-0.55, 0.9], [0.6, 0.9]]],
  [[...arc(-0.05, -0.45, 0.5, 0.45, 210, 440), ...arc(-0.05, 0.45, 0.58, 0.45, 280, 510)]],
  [
    [
      [0.25, 0.9],
      [0.25, -0.9],
      [-0.6, 0.35],
      [0.6, 0.35],
    ],
  ],
  [[[0.5, -0.9], [-0.4, -0.9], [-0.45, -0.1], ...arc(-0.02, 0.35, 0.56, 0.54, 240, 500)]],
  [[[0.35, -0.9], ...arc(0, 0.38, 0.52, 0.52, 190, 560)]],
  [
    [
      [-0.55, -0.9],
      [0.55, -0.9],
      [-0.15, 0.9],
    ],
  ],
  [arc(0, -0.46, 0.44, 0.44, 0, 360), arc(0, 0.45, 0.54, 0.46, 0, 360)],
  [[...arc(0, -0.38, 0.52, 0.52, 10, 380), [0.3, 0.9]]],
];

export interface DrawOptions {
  /** How many pictures; the digits take turns. */
  readonly count: number;
  /** Pixels across and down. Default: 8. */
  readonly size?: number;
  /** How different the hands are that write: slant, width, height, place. Default: 1. */
  readonly wobble?: number;
  /** The standard deviation of what is added to every pixel. Default: 0. */
  readonly noise?: number;
  readonly seed?: number;
}

/** Pictures x [count, size, size], from 0 (paper) to 1 (ink), and the digits y, int32 [count]. */
export function drawDigits(options: DrawOptions): Batch {
  const { count, size = 8, wobble = 1, noise = 0, seed = 0 } = options;
  const random = rng(seed);
  const pixels = new Float32Array(count * size * size);
  for (let i = 0; i < count; i++) {
    const strokes = STROKES[i % 10].map(handwriting(random, wobble));
    const thickness = 0.16 + 0.06 * wobble * (random.next() - 0.5);
    // The middle of a pixel, in the square from −1.25 to 1.25 that the picture shows.
    const at = (k: number) => ((k + 0.5) / size) * 2.5 - 1.25;
    for (let p = 0; p < size * size; p++) {
      const [x, y] = [at(p % size), at(Math.floor(p / size))];
      const distance = Math.min(...strokes.map((stroke) => distanceTo(stroke, x, y)));
      const ink = 1 - (distance - thickness) / (2 / size);
      pixels[i * size * size + p] = Math.min(Math.max(ink, 0), 1);
    }
  }
  const x = tensor(pixels).reshape([count, size, size]);
  const y = tensor(Int32Array.from({ length: count }, (_, i) => i % 10));
  if (noise === 0) return { x, y };
  return { x: x.add(random.normal([count, size, size], { std: noise })).clamp(0, 1), y };
}

/** A hand: every point is scaled, slanted, turned a little and moved, in the same way; and each trembles on its own. */
function handwriting(random: Generator, wobble: number): (stroke: readonly Point[]) => Point[] {
  const vary = (most: number) => wobble * most * (2 * random.next() - 1);
  const [width, height] = [0.9 + vary(0.15), 0.9 + vary(0.1)];
  const [slant, turn] = [0.12 * wobble + vary(0.25), vary(0.15)];
  const [right, down] = [vary(0.15), vary(0.12)];
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  return (stroke) =>
    stroke.map(([x, y]) => {
      const [u, v] = [width * x - slant * y + vary(0.03), height * y + vary(0.03)];
      return [cos * u - sin * v + right, sin * u + cos * v + down];
    });
}

/** From a point to the nearest of a stroke's segments. */
function distanceTo(stroke: readonly Point[], x: number, y: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (let i = 1; i < stroke.length; i++) {
    const [a, b] = [stroke[i - 1], stroke[i]];
    const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
    const along = ((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy);
    const t = Math.min(Math.max(along, 0), 1);
    const [u, v] = [x - a[0] - t * dx, y - a[1] - t * dy];
    nearest = Math.min(nearest, u * u + v * v);
  }
  return Math.sqrt(nearest);
}

const SHADES = ' ░▒▓█';

/** Pictures [count, size, size] of 0 … 1 side by side; a character is one pixel across and two down. */
export function pictures(x: Tensor, perLine = 6): string {
  const [count, height, width] = x.shape;
  const ink = x.data();
  const lines: string[] = [];
  for (let first = 0; first < count; first += perLine) {
    if (first > 0) lines.push('');
    for (let row = 0; row < height; row += 2) {
      const cells: string[] = [];
      for (let i = first; i < Math.min(first + perLine, count); i++) {
        const shade = (column: number): string => {
          const at = (k: number) => ink[(i * height + Math.min(k, height - 1)) * width + column];
          const mean = (at(row) + at(row + 1)) / 2;
          return SHADES[Math.round(Math.min(Math.max(mean, 0), 1) * (SHADES.length - 1))];
        };
        cells.push(Array.from({ length: width }, (_, column) => shade(column)).join(''));
      }
      lines.push(cells.join('  ').trimEnd());
    }
  }
  return lines.join('\n');
}
