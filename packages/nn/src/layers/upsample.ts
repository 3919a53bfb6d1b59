// Upsampling: images made larger by repeating elements, or by drawing lines between them.

import {
  ArgumentError,
  gather,
  type Operand,
  repeat,
  ShapeError,
  type Tensor,
  tensor,
} from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import { Module } from '../module.js';

export interface UpsampleOptions {
  /**
   * 'nearest' repeats elements; 'linear' (one spatial axis) and 'bilinear' (two) interpolate between neighbours.
   * Default: 'nearest'.
   */
  readonly mode?: 'nearest' | 'linear' | 'bilinear';
  /**
   * Whether the centres of the first and the last elements, not their outer edges, are mapped onto one another; of
   * interpolation only. Default: false.
   */
  readonly alignCorners?: boolean;
}

const MODES = ['nearest', 'linear', 'bilinear'] as const;

/** Between which two elements a new one lies, and how far from the first. */
interface Place {
  readonly low: number;
  readonly high: number;
  readonly share: number;
}

/**
 * [N, C, …spatial] → [N, C, …⌊scale · spatial⌋]. Element i takes its value from (i + ½) / scale − ½ (from
 * i · (n − 1) / (m − 1) with aligned corners), or in nearest mode from ⌊i / scale⌋. PyTorch's rules.
 */
export class Upsample extends Module {
  readonly scale: number | readonly number[];
  readonly mode: 'nearest' | 'linear' | 'bilinear';
  readonly alignCorners: boolean;

  /** @internal Use `upsample(scale)`. */
  constructor(scale: number | readonly number[], options: UpsampleOptions) {
    super();
    const { mode = 'nearest', alignCorners = false } = options;
    for (const factor of [scale].flat()) {
      if (Number.isFinite(factor) && factor > 0) continue;
      throw new ArgumentError(
        `upsample: scale is a number above 0, got ${String(factor)}. Pass for example 2.`,
      );
    }
    if (!MODES.includes(mode)) {
      throw new ArgumentError(
        `upsample: mode is one of ${MODES.join(', ')}, got ${String(mode)}. Pick one of these.`,
      );
    }
    if (alignCorners && mode === 'nearest') {
      throw new ArgumentError(
        "upsample: alignCorners is an option of interpolation, got mode 'nearest'. Leave it out.",
      );
    }
    this.scale = scale;
    this.mode = mode;
    this.alignCorners = alignCorners;
  }

  /** @throws ShapeError where the number of spatial axes isn't that of the mode or of the scales. */
  forward(x: Operand): Tensor<number[]> {
    const rank = x.shape.length - 2;
    const wanted = { nearest: Math.max(1, rank), linear: 1, bilinear: 2 }[this.mode];
    if (rank !== wanted) {
      throw new ShapeError(
        `upsample: mode ${this.mode} takes [batch, channels, …spatial axes]` +
          `${this.mode === 'nearest' ? '' : ` with ${wanted} of them`}, got shape ${formatShape(x.shape)}. ` +
          "Use 'linear' for signals and 'bilinear' for images.",
      );
    }
    const scales = typeof this.scale === 'number' ? x.shape.slice(2).fill(this.scale) : this.scale;
    if (scales.length !== rank) {
      throw new ShapeError(
        `upsample: scale is one number, or one for each of the ${rank} spatial axes, got [${scales.join(', ')}]. ` +
          'Check the number of axes.',
      );
    }
    return scales.reduce<Tensor<number[]>>(
      (y, scale, i) => this.#along(y, i + 2, scale),
      x.read() as Tensor<number[]>,
    );
  }

  #along(x: Tensor<number[]>, axis: number, scale: number): Tensor<number[]> {
    if (scale === 1) return x;
    const size = x.shape[axis];
    if (this.mode === 'nearest' && Number.isInteger(scale)) return repeat(x, scale, axis);
    const length = Math.floor(size * scale);
    const positions = Array.from({ length }, (_, i) => i);
    if (this.mode === 'nearest') {
      const sources = positions.map((i) => Math.min(Math.floor(i / scale), size - 1));
      return take(x, sources, axis);
    }
    const places = positions.map((i) => this.#place(i, size, length, scale));
    const low = take(
      x,
      places.map((place) => place.low),
      axis,
    );
    const high = take(
      x,
      places.map((place) => place.high),
      axis,
    );
    const dtype = x.dtype === 'float64' ? 'float64' : 'float32';
    const shares = tensor(
      places.map((place) => place.share),
      { dtype },
    ).reshape([length, ...x.shape.slice(axis + 1).map(() => 1)]);
    return high.sub(low).mul(shares).add(low) as Tensor<number[]>;
  }

  #place(i: number, size: number, length: number, scale: number): Place {
    const aligned = length > 1 ? (i * (size - 1)) / (length - 1) : 0;
    const at = this.alignCorners ? aligned : Math.max(0, (i + 0.5) / scale - 0.5);
    const low = Math.min(Math.floor(at), size - 1);
    return { low, high: Math.min(low + 1, size - 1), share: Math.min(at - low, 1) };
  }

  override detail(): string {
    return `× ${[this.scale].flat().join(' × ')}, ${this.mode}`;
  }
}

function take(x: Tensor<number[]>, positions: readonly number[], axis: number): Tensor<number[]> {
  return gather(x, tensor([...positions], { dtype: 'int32' }), axis) as Tensor<number[]>;
}

/**
 * A layer that makes signals and images larger: by a scale, or one for each spatial axis.
 *
 * ```ts
 * upsample(2).forward(zeros([1, 3, 8, 8]));                           // [1, 3, 16, 16]
 * upsample([2, 3], { mode: 'bilinear' }).forward(zeros([1, 3, 8, 8]));   // [1, 3, 16, 24]
 * ```
 *
 * @throws ArgumentError for a scale that isn't above 0, and for a mode that there isn't.
 */
export function upsample(
  scale: number | readonly number[],
  options: UpsampleOptions = {},
): Upsample {
  return new Upsample(scale, options);
}
