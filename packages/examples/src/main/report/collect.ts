// From a training's results to what the report shows.
import type { LayerNorms as ObservedNorms, PreparedData, TrainReport } from '@retrograd/nn';
import type { BackpropReport } from '@retrograd/nn/closed-form';
import { formatSeconds } from '../../progress.js';
import type { TestResult } from '../fit.js';
import type { Source } from '../load.js';
import type { Plan } from '../plan.js';
import { columnRows, counted, formatSizes, planEntries, resultOf, short } from '../summary.js';
import type { ClassCounts, Comparison, LayerNorms, NumberPairs, ReportContent } from './content.js';
import { scientific } from './tables.js';

/** Everything that came out of one run. */
export interface Results {
  readonly source: Source;
  readonly data: PreparedData;
  readonly plan: Plan;
  readonly comparison: BackpropReport;
  readonly samplesCompared: number;
  readonly training: TrainReport;
  readonly test: TestResult;
  /** The command as it was typed. */
  readonly command: string;
}

/** Gathers the report's content. */
export function collect(results: Results): ReportContent {
  const { source, data, plan, training, test } = results;
  const comparison = comparisonOf(results);
  const result = resultOf(test);
  const parameters = plan.sizes.slice(1).reduce((n, out, i) => n + out * (plan.sizes[i] + 1), 0);
  return {
    title:
      test.kind === 'classes'
        ? `${source.name}: ${result.value} of the test samples classified right`
        : `${source.name}: ${source.target} predicted with ${result.value}`,
    lead:
      `A network of ${formatSizes(plan.sizes)} units learnt ${source.target} from ${data.summary.train} rows, ` +
      `and was tested on ${data.summary.test} others.`,
    headlines: [
      result,
      ...(test.kind === 'numbers'
        ? [
            {
              value: short(test.meanAbsoluteError),
              label: `mean absolute error of ${source.target}`,
            },
          ]
        : []),
      {
        value: scientific(comparison.largest),
        label: 'largest relative difference, tape and closed form',
      },
      { value: String(parameters), label: 'parameters' },
      {
        value: formatSeconds(training.elapsed / 1000),
        label: `training, ${counted(training.epochs, 'epoch')}`,
      },
    ],
    settings: [['command', results.command], ...planEntries(plan)],
    rowsInFile: data.summary.rows,
    rowsUsed: data.summary.used,
    columns: columnRows(source, data),
    loss: training.history.loss,
    validationLoss: training.history.validationLoss,
    lossName: plan.loss,
    norms: training.history.layers.map(normsOf),
    test: testOf(source.target, test),
    comparison,
  };
}

function comparisonOf({ comparison, samplesCompared, plan }: Results): Comparison {
  return {
    loss: plan.loss,
    samples: samplesCompared,
    rows: comparison.rows.map(({ l, quantity, shape, absolute, relative }) => ({
      layer: l,
      quantity,
      shape,
      absolute,
      relative,
    })),
    largest: comparison.largest.relative,
  };
}

/** Layers are numbered as in the derivations: the input is layer 1. */
function normsOf({ inFeatures, outFeatures, delta, weight }: ObservedNorms, i: number): LayerNorms {
  return { name: `layer ${i + 2}: ${inFeatures} → ${outFeatures}`, delta, weight };
}

function testOf(target: string, test: TestResult): ClassCounts | NumberPairs {
  if (test.kind === 'numbers') return { ...test, target };
  const { labels: classes, counts } = test.confusion;
  return { kind: 'classes', target, classes, counts };
}
