// The report's charts, as Vega-Lite specifications.
import type { TopLevelSpec } from 'vega-lite';
import type { ClassCounts, LayerNorms, NumberPairs } from './content.js';

/** The whole of a curve chart, axes and legend included. */
const SIZE = { width: 470, height: 300 };

/** Points kept of a curve: more than the chart has pixels to show would only make the page heavy. */
const MOST_POINTS = 300;

/** Above this many classes the counts no longer fit into their cells. */
const MOST_CLASSES_WITH_COUNTS = 16;

/** Above this many classes a cell is a few points wide: no lines between, and empty ones aren't drawn. */
const MOST_CLASSES_WITH_CELLS = 40;

/** A curve and how it is told from the others. */
export interface Curve {
  readonly name: string;
  readonly color: string;
  /** A figure an epoch. What a logarithmic axis can't show (0, infinities, NaN) is left out. */
  readonly values: readonly number[];
}

/** The loss over the epochs. */
export function lossCurves(loss: readonly number[], validationLoss: readonly number[]): Curve[] {
  return [
    { name: 'training', color: 'var(--series-1)', values: loss },
    { name: 'validation', color: 'var(--series-2)', values: validationLoss },
  ].filter(({ values }) => values.length > 0);
}

/** The norms of δˡ, or of ∂J/∂Wˡ, over the epochs, a curve a layer. */
export function normCurves(layers: readonly LayerNorms[], quantity: 'delta' | 'weight'): Curve[] {
  return layers.map((layer, i) => ({
    name: layer.name,
    color: rampColor(layers.length === 1 ? 0 : i / (layers.length - 1)),
    values: layer[quantity],
  }));
}

/** The colour of a layer between the first (0) and the last (1), through a third one half-way. */
function rampColor(position: number): string {
  const [from, to] = position < 0.5 ? ['first', 'middle'] : ['middle', 'last'];
  const share = Math.round(100 * (position < 0.5 ? 2 * position : 2 * position - 1));
  return `color-mix(in oklab, var(--ramp-${to}) ${share}%, var(--ramp-${from}))`;
}

/** Curves over the epochs, on a logarithmic axis. Their names stand beside the chart. */
export function curveChart(curves: readonly Curve[], title: string): TopLevelSpec {
  const points = curves.flatMap(({ name, values }) =>
    thinned(values)
      .filter(({ value }) => Number.isFinite(value) && value > 0)
      .map((point) => ({ ...point, name })),
  );
  return {
    ...SIZE,
    autosize: { type: 'fit', contains: 'padding' },
    data: { values: points },
    mark: { type: 'line', strokeWidth: 2, strokeJoin: 'round', strokeCap: 'round' },
    encoding: {
      x: {
        field: 'epoch',
        type: 'quantitative',
        title: 'epoch',
        scale: { nice: false },
        axis: { grid: false, tickCount: 6, tickMinStep: 1, format: 'd' },
      },
      y: {
        field: 'value',
        type: 'quantitative',
        title,
        scale: { type: 'log', nice: false },
        axis: {
          values: logarithmicTicks(points.map(({ value }) => value)),
          format: '.4~g',
          tickCount: 5,
          domain: false,
          ticks: false,
        },
      },
      color: {
        field: 'name',
        type: 'nominal',
        scale: { domain: curves.map(({ name }) => name), range: curves.map(({ color }) => color) },
        legend: null,
      },
    },
  };
}

/**
 * Powers of ten, at most six or so; 1, 2, 5 times these, or all digits, where there would be fewer than three. Where
 * even these are too few, nothing, and Vega chooses.
 */
function logarithmicTicks(values: readonly number[]): number[] | undefined {
  if (values.length === 0) return [];
  const [low, high] = values.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Number.POSITIVE_INFINITY, 0],
  );
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const powers = Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
  const between = (digits: readonly number[]) =>
    powers
      .flatMap((power) => digits.map((digit) => digit * power))
      .filter((tick) => tick >= low && tick <= high);
  for (const digits of [[1], [1, 2, 5], [1, 2, 3, 4, 5, 6, 7, 8, 9]]) {
    const ticks = between(digits);
    const stride = Math.ceil(ticks.length / 6);
    if (ticks.length >= 3) return ticks.filter((_, i) => i % stride === 0);
  }
  return undefined;
}

/** The figures with their epochs, counted from 1: all, or evenly chosen ones with the first and the last. */
function thinned(values: readonly number[]): { epoch: number; value: number }[] {
  const count = Math.min(values.length, MOST_POINTS);
  return Array.from({ length: count }, (_, i) => {
    const index = count === 1 ? 0 : Math.round((i * (values.length - 1)) / (count - 1));
    return { epoch: index + 1, value: values[index] };
  });
}

/** The confusion matrix: a cell is as dark as its share of its row. */
export function confusionChart({ target, classes, counts }: ClassCounts): TopLevelSpec {
  const crowded = classes.length > MOST_CLASSES_WITH_CELLS;
  const cells = counts.flatMap((row, actual) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row
      .map((count, predicted) => ({
        actual: classes[actual],
        predicted: classes[predicted],
        count,
        share: total === 0 ? 0 : count / total,
      }))
      .filter(({ count }) => !crowded || count > 0);
  });
  const scale = { domain: [...classes] };
  const axis = { domain: false, ticks: false, labelLimit: 110, labelOverlap: 'greedy' as const };
  const side = Math.min(320, Math.max(210, classes.length * 30));
  return {
    width: side * 1.15,
    height: side,
    data: { values: cells },
    encoding: {
      x: {
        field: 'predicted',
        type: 'nominal',
        scale,
        title: 'predicted',
        axis: {
          ...axis,
          orient: 'top',
          labelAngle: labelAngle(classes, (side * 1.15) / classes.length),
        },
      },
      y: { field: 'actual', type: 'nominal', scale, title: target, axis },
    },
    layer: [
      {
        mark: {
          type: 'rect',
          color: 'var(--series-1)',
          stroke: 'var(--surface)',
          strokeWidth: crowded ? 0 : 2,
        },
        encoding: {
          fillOpacity: {
            field: 'share',
            type: 'quantitative',
            scale: { domain: [0, 1], range: [0.05, 1] },
            legend: null,
          },
        },
      },
      ...(classes.length > MOST_CLASSES_WITH_COUNTS
        ? []
        : [
            {
              mark: { type: 'text' as const, fontSize: classes.length > 8 ? 11 : 14 },
              encoding: {
                text: { field: 'count', type: 'quantitative' as const },
                color: {
                  condition: [
                    { test: 'datum.share > 0.5', value: 'var(--on-accent)' },
                    { test: 'datum.count === 0', value: 'var(--faint)' },
                  ],
                  value: 'var(--ink)',
                },
              },
            },
          ]),
    ],
  };
}

/** Level where the names fit between their cells, else upright. */
function labelAngle(classes: readonly string[], room: number): number {
  const longest = Math.max(...classes.map((name) => name.length));
  return longest * 7 > room ? -90 : 0;
}

/** Predicted against actual numbers; on the diagonal they are equal. */
export function predictionChart({ target, actual, predicted }: NumberPairs): TopLevelSpec {
  const points = actual
    .map((value, i) => ({ actual: value, predicted: predicted[i] }))
    .filter((point) => Number.isFinite(point.actual) && Number.isFinite(point.predicted));
  const all = points.flatMap((point) => [point.actual, point.predicted]);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const scale = { domain: [low, high], nice: true, zero: false };
  return {
    width: 330,
    height: 310,
    layer: [
      {
        data: {
          values: [
            { actual: low, predicted: low },
            { actual: high, predicted: high },
          ],
        },
        mark: { type: 'line', color: 'var(--muted)', strokeDash: [4, 4], strokeWidth: 1.5 },
        encoding: {
          x: { field: 'actual', type: 'quantitative', scale, title: `${target}, actual` },
          y: { field: 'predicted', type: 'quantitative', scale, title: `${target}, predicted` },
        },
      },
      {
        data: { values: points },
        mark: { type: 'point', filled: true, size: 40, color: 'var(--series-1)', opacity: 0.65 },
        encoding: {
          x: { field: 'actual', type: 'quantitative' },
          y: { field: 'predicted', type: 'quantitative' },
        },
      },
    ],
  };
}
