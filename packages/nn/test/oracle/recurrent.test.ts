// Recurrent layers against PyTorch's figures: outputs, states, gradients; eagerly and compiled.

import { readFileSync } from 'node:fs';
import { compile, type Operand, type Tensor, variable } from '@retrograd/autograd';
import {
  gru,
  gruCell,
  type LstmState,
  lstm,
  lstmCell,
  type Module,
  rnn,
  rnnCell,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { disagreement, type Figure, tensorOf } from '../../../autograd/test/oracle/agreement.js';

type Named = Readonly<Record<string, Figure>>;

interface CellCase {
  readonly kind: string;
  readonly features: number;
  readonly units: number;
  readonly options: Readonly<Record<string, unknown>>;
  readonly parameters: Named;
  readonly input: Figure;
  readonly before: readonly Figure[] | null;
  readonly after: readonly Figure[];
  readonly weights: readonly Figure[];
  readonly grads: { readonly input: Figure; readonly parameters: Named };
}

interface LayerCase extends CellCase {
  readonly lengths: readonly number[] | null;
  readonly outputs: Figure;
  readonly grads: CellCase['grads'] & { readonly before: readonly Figure[] };
}

const { layers, cells } = JSON.parse(
  readFileSync(new URL('./fixtures/recurrent.json', import.meta.url), 'utf8'),
) as { layers: readonly LayerCase[]; cells: readonly CellCase[] };

const KINDS = { rnn, gru, lstm, rnnCell, gruCell, lstmCell } as unknown as Record<
  string,
  (features: number, units: number, options: object) => Module
>;

interface Runs {
  run(x: Operand, options: object): { outputs: Tensor; state: Tensor | LstmState };
  step(x: Operand, state?: object): Tensor | LstmState;
}

/** The layer or cell of a case, with PyTorch's weights loaded under PyTorch's names. */
function built({ kind, features, units, options, parameters }: CellCase): Module & Runs {
  const model = KINDS[kind](features, units, { ...options, dtype: 'float64' });
  const state = Object.entries(parameters).map(([name, figure]) => [name, tensorOf(figure)]);
  return model.loadStateDict(Object.fromEntries(state)) as Module & Runs;
}

function stateFrom(kind: string, parts: readonly Operand[] | null): object | undefined {
  if (parts === null) return undefined;
  return kind.startsWith('lstm') ? { hidden: parts[0], cell: parts[1] } : parts[0];
}

function partsOf(state: Tensor | LstmState): Tensor[] {
  return 'hidden' in state ? [state.hidden, state.cell] : [state];
}

/** Named disagreements; those that agree are left out. */
function complaints(pairs: readonly (readonly [string, Tensor | null, Figure])[]): string[] {
  return pairs.flatMap(([what, got, figure]) => {
    const difference = got === null ? 'none' : disagreement(got, figure);
    return difference === null ? [] : [`${what}: ${difference}`];
  });
}

function titleOf({ kind, options, before, ...rest }: CellCase | LayerCase): string {
  const packed = 'lengths' in rest && rest.lengths !== null ? ', packed' : '';
  return `${kind} ${JSON.stringify(options)}${before === null ? '' : ' from a state'}${packed}`;
}

/** All cases eagerly; compiled, where much is put together, those of one layer and the one with everything. */
function titled<One extends CellCase | LayerCase>(cases: readonly One[], how: string) {
  const tried = cases.filter((one) => {
    const packed = 'lengths' in one && one.lengths !== null;
    return how === 'eagerly' || one.options.layers === undefined || packed;
  });
  return tried.map((one) => [titleOf(one), one] as const);
}

describe("PyTorch's figures for recurrent layers", () => {
  describe.each(['eagerly', 'compiled'])('%s', (how) => {
    it.each(titled(layers, how))('%s', (_title, one) => {
      const layer = built(one);
      const x = variable(tensorOf(one.input));
      const before = one.before?.map((part) => variable(tensorOf(part))) ?? null;
      const run = () => {
        const options = {
          state: stateFrom(one.kind, before),
          ...(one.lengths === null ? {} : { lengths: one.lengths }),
        };
        const { outputs, state } = layer.run(x, options);
        const all = [outputs, ...partsOf(state)];
        const total = all.map((y, i) => y.mul(tensorOf(one.weights[i])).sum());
        total.reduce((a, b) => a.add(b)).backward();
        return all;
      };
      const [outputs, ...after] = how === 'compiled' ? compile(run)() : run();
      expect(
        complaints([
          ['outputs', outputs, one.outputs],
          ...after.map((part, i) => [`state ${i}`, part, one.after[i]] as const),
          ['by the input', x.grad, one.grads.input],
          ...(before ?? []).map((s, i) => [`by state ${i}`, s.grad, one.grads.before[i]] as const),
          ...layer
            .namedParameters()
            .map(([name, cell]) => [name, cell.grad, one.grads.parameters[name]] as const),
        ]),
      ).toEqual([]);
    });

    it.each(titled(cells, how))('%s', (_title, one) => {
      const cell = built(one);
      const x = variable(tensorOf(one.input));
      const before = stateFrom(one.kind, one.before?.map(tensorOf) ?? null);
      const run = () => {
        const after = partsOf(cell.step(x, before));
        const total = after.map((y, i) => y.mul(tensorOf(one.weights[i])).sum());
        total.reduce((a, b) => a.add(b)).backward();
        return after;
      };
      const after = how === 'compiled' ? compile(run)() : run();
      expect(
        complaints([
          ...after.map((part, i) => [`state ${i}`, part, one.after[i]] as const),
          ['by the input', x.grad, one.grads.input],
          ...cell
            .namedParameters()
            .map(([name, own]) => [name, own.grad, one.grads.parameters[name]] as const),
        ]),
      ).toEqual([]);
    });
  });
});
