// The recursion by hand, on softmax outputs, with the user's own formulas; and what it refuses.
import {
  ArgumentError,
  DTypeError,
  defineElementwise,
  IndexError,
  leakyRelu,
  logSoftmax,
  relu,
  ShapeError,
  softmax,
  type Tensor,
  tanh,
  tensor,
} from '@retrograd/autograd';
import {
  crossEntropy,
  dense,
  dropout,
  flatten,
  halfSquaredError,
  Module,
  mse,
  nll,
  sequential,
} from '@retrograd/nn';
import { closedForm, compareBackprop, type Form, Matrix } from '@retrograd/nn/closed-form';
import { describe, expect, it } from 'vitest';
import { inputs, labels, network, relative, targets } from './support.js';

const FORMS: readonly Form[] = ['components', 'jacobians', 'matrices'];
const float64 = { dtype: 'float64' } as const;

/** 2 → 2 → 1 with weights that are easy on paper. */
function byHand() {
  const [first, second] = [dense(2, 2, float64), dense(2, 1, float64)];
  first.weight.assign(
    tensor(
      [
        [1, -1],
        [2, 0.5],
      ],
      float64,
    ),
  );
  first.bias?.assign(tensor([0.5, -1], float64));
  second.weight.assign(tensor([[3, -2]], float64));
  second.bias?.assign(tensor([0.25], float64));
  return sequential(first, relu, second);
}

const squareLoss = {
  value: (a: Matrix, y: Matrix) => a.data.reduce((sum, ak, k) => sum + (ak - y.data[k]) ** 4, 0),
  gradient: (a: Matrix, y: Matrix) =>
    new Matrix(
      a.rows,
      a.columns,
      a.data.map((ak, k) => 4 * (ak - y.data[k]) ** 3),
    ),
};

describe('closedForm', () => {
  it.each(FORMS)('finds by %s what one finds on paper', (form) => {
    // z² = (2.5, −1.5) for x = (1, −1); relu shuts the second unit; a³ = 3 · 2.5 + 0.25 = 7.75, y = 7.25.
    const x = tensor([[1, -1]], float64);
    const y = tensor([[7.25]], float64);
    const model = byHand();
    model.layers[0].bias?.assign(tensor([0.5, -3], float64));
    const { loss, layers } = closedForm(model, x, y, halfSquaredError, { form });
    expect(loss).toBe(0.125);
    const [second, third] = layers;
    expect([second.l, second.place, third.l, third.place]).toEqual([2, '0', 3, '2']);
    expect(second.z.toArray()).toEqual([[2.5], [-1.5]]);
    expect(second.a.toArray()).toEqual([[2.5], [0]]);
    expect(third.a.toArray()).toEqual([[7.75]]);
    expect(third.delta.toArray()).toEqual([[0.5]]);
    expect(second.delta.toArray()[0]).toEqual([1.5]);
    expect(second.delta.at(1, 0) === 0).toBe(true);
    expect(third.weightGradient.toArray()).toEqual([[1.25, 0]]);
    expect(second.weightGradient.toArray()[0]).toEqual([1.5, -1.5]);
    expect([...(third.biasGradient ?? [])]).toEqual([0.5]);
  });

  it('lays rows out as the transposes of columns', () => {
    const model = network(3, 'tanh');
    const [rows, columns] = (['rows', 'columns'] as const).map((layout) =>
      closedForm(model, inputs(7), targets(7), mse, { layout }),
    );
    rows.layers.forEach((layer, i) => {
      const other = columns.layers[i];
      expect(layer.z.shape).toEqual([...other.z.shape].reverse());
      expect(layer.delta.at(4, 1)).toBeCloseTo(other.delta.at(1, 4), 14);
      expect(layer.weightGradient.shape).toEqual([...other.weightGradient.shape].reverse());
      expect(layer.weightGradient.at(1, 0)).toBeCloseTo(other.weightGradient.at(0, 1), 14);
    });
    expect(columns.layers[0].weightGradient.shape).toEqual([5, 4]);
  });

  it('has δ = a − y for a softmax output with cross-entropy on probabilities', () => {
    const model = sequential(...network(2, 'tanh').layers, softmax);
    const y = labels(5);
    const { layers } = closedForm(model, inputs(5), y.cast('float64').reshape([5, 1]), {
      value: (a, t) => t.data.reduce((sum, c, i) => sum - Math.log(a.at(i, c)), 0),
      gradient: (a, t) =>
        Matrix.build(a.rows, a.columns, (i, j) => (t.at(i, 0) === j ? -1 / a.at(i, j) : 0)),
    });
    const last = layers[layers.length - 1];
    const expected = Matrix.build(3, 5, (j, i) => last.a.at(j, i) - (y.data()[i] === j ? 1 : 0));
    expect(relative(last.delta.data, expected.data)).toBeLessThan(1e-14);

    const fromLogits = closedForm(network(2, 'tanh'), inputs(5), y, crossEntropy, {
      reduction: 'sum',
    });
    expect(relative(last.delta.data, fromLogits.layers[1].delta.data)).toBeLessThan(1e-14);
  });

  it.each(FORMS)('takes softmax with any loss by %s: δ = (diag(a) − aaᵀ)∇ₐJ', (form) => {
    for (const layout of ['rows', 'columns'] as const) {
      const hidden = sequential(
        ...network(2, 'tanh').layers,
        softmax,
        dense(3, 3, float64),
        softmax,
      );
      compareBackprop(hidden, inputs(5), targets(5), mse, { form, layout }).assertClose();
      const logs = sequential(...network(2, 'tanh').layers, logSoftmax);
      compareBackprop(logs, inputs(5), labels(5), nll, { form, layout }).assertClose();
    }
  });

  it('takes a loss of the user’s by its value and gradient', () => {
    const model = network(2, 'sigmoid', { atOutput: true });
    const loss = (a: Tensor, y: Tensor) => a.sub(y).pow(4).sum();
    const options = { closedLoss: squareLoss };
    compareBackprop(model, inputs(7), targets(7), loss, options).assertClose();
    const { loss: J } = closedForm(model, inputs(7), targets(7), squareLoss);
    expect(J).toBeCloseTo(loss(model.forward(inputs(7)), targets(7)).item(), 12);
  });

  it('takes activations of the user’s by place, by the operation’s name and by the function’s', () => {
    const mish = defineElementwise('mish', (x) => x.mul(x.softplus().tanh()));
    const steep = (x: Tensor): Tensor => leakyRelu(x, 0.3);
    const f = (z: number) => z * Math.tanh(Math.log1p(Math.exp(z)));
    const s = (z: number) => 1 / (1 + Math.exp(-z));
    const t = (z: number) => Math.tanh(Math.log1p(Math.exp(z)));
    const activations = {
      mish: { f, df: (z: number) => t(z) + z * s(z) * (1 - t(z) ** 2) },
      steep: { f: (z: number) => (z > 0 ? z : 0.3 * z), df: (z: number) => (z > 0 ? 1 : 0.3) },
      '5': { f: (z: number) => z ** 3, df: (z: number) => 3 * z ** 2 },
    };
    const model = sequential(
      dense(4, 5, float64),
      mish,
      dense(5, 4, float64),
      steep,
      dense(4, 3, float64),
      (x: Tensor) => x.pow(3),
    );
    compareBackprop(model, inputs(7), targets(7), mse, { activations }).assertClose();
  });

  it('recognises an operation by what it is, not by its name', () => {
    const imposter = defineElementwise('tanh', (x) => x.mul(2));
    const model = sequential(dense(4, 3, float64), imposter);
    expect(() => closedForm(model, inputs(2), targets(2), mse)).toThrow(ArgumentError);
  });

  it('composes activations in a row', () => {
    const model = sequential(dense(4, 5, float64), tanh, relu, dense(5, 3, float64), tanh, softmax);
    for (const form of FORMS) {
      compareBackprop(model, inputs(7), targets(7), mse, { form }).assertClose();
    }
  });

  it('looks into rows of layers, and past layers that hand on', () => {
    const inner = sequential(dense(4, 5, float64), tanh);
    const model = sequential(
      flatten(),
      inner,
      dropout(0.5),
      dense(5, 3, { ...float64, bias: false }),
    );
    model.eval();
    const { layers } = closedForm(model, inputs(3), labels(3), crossEntropy);
    expect(layers.map(({ place }) => place)).toEqual(['1.0', '3']);
    expect(layers[1].biasGradient).toBeNull();
    compareBackprop(model, inputs(3), labels(3), crossEntropy, { regularization: 1 }).assertClose();
    compareBackprop(dense(4, 3, float64), inputs(3), labels(3), crossEntropy).assertClose();
  });

  it('takes one sample without its axis of samples', () => {
    const model = network(2, 'tanh');
    const x = inputs(1);
    const alone = closedForm(model, x.reshape([4]), targets(1).reshape([3]), mse);
    expect(alone.loss).toBe(closedForm(model, x, targets(1), mse).loss);
    for (const y of [labels(1), labels(1).reshape([])]) {
      const single = closedForm(model, x.reshape([4]), y, crossEntropy);
      expect(single.loss).toBe(closedForm(model, x, labels(1), crossEntropy).loss);
      compareBackprop(model, x.reshape([4]), y, crossEntropy).assertClose();
    }
  });

  it('takes an empty batch: sums of nothing are 0', () => {
    const model = network(2, 'tanh');
    const empty = [inputs(0), targets(0), mse, { reduction: 'sum' }] as const;
    for (const form of FORMS) {
      for (const layout of ['rows', 'columns'] as const) {
        const { loss, layers } = closedForm(model, empty[0], empty[1], mse, {
          ...empty[3],
          form,
          layout,
        });
        expect(loss).toBe(0);
        expect([...layers[0].weightGradient.data].every((x) => x === 0)).toBe(true);
      }
    }
    compareBackprop(model, ...empty).assertClose();
  });

  it('penalizes weights alone, by (λ/m)θ', () => {
    const model = network(2, 'tanh');
    const [plain, penalized] = [0, 0.7].map((regularization) =>
      closedForm(model, inputs(7), targets(7), mse, { regularization }),
    );
    const weights = model.parameters().flatMap(({ rank, value }) => (rank === 2 ? [value] : []));
    expect(weights).toHaveLength(2);
    const squares = weights.reduce((sum, W) => sum + W.square().sum().item(), 0);
    expect(penalized.loss - plain.loss).toBeCloseTo((0.7 / 14) * squares, 13);
    plain.layers.forEach((layer, i) => {
      const expected = layer.weightGradient.data.map(
        (g, k) => g + (0.7 / 7) * weights[i].data()[k],
      );
      expect(relative(penalized.layers[i].weightGradient.data, expected)).toBeLessThan(1e-14);
      expect(penalized.layers[i].biasGradient).toEqual(layer.biasGradient);
    });
  });

  it('prints J and what it has of each layer', () => {
    const text = String(
      closedForm(byHand(), inputs(1).slice(null, [0, 2]), tensor([[1]], float64), mse),
    );
    expect(text).toMatch(
      /^closed form in columns, by matrices: J = [\d.e-]+\nlayer 2, at 0\n {2}z \[2, 1\]/,
    );
    expect(text).toContain('layer 3, at 2\n');
    expect(text).toContain('∂J/∂W [1, 2]\n  ∂J/∂b [1]');
  });
});

describe('closedForm refuses', () => {
  const [x, y] = [inputs(3), targets(3)];
  const layer = () => dense(4, 3, float64);

  it.each<[string, () => unknown, new (message: string) => Error, string]>([
    [
      'a plain function between layers, with what to do',
      () =>
        closedForm(
          sequential(layer(), (z: Tensor) => z.mul(2)),
          x,
          y,
          mse,
        ),
      ArgumentError,
      'closedForm: σ and σ′ of every activation are known, got a function at 1. Put a built-in operation such as ' +
        "tanh there, or pass { activations: { '1': { f: (z) => …, df: (z) => … } } }.",
    ],
    [
      'an operation without formulas',
      () =>
        closedForm(
          sequential(
            layer(),
            defineElementwise('twice', (z) => z.mul(2)),
          ),
          x,
          y,
          mse,
        ),
      ArgumentError,
      'got an operation twice at 1',
    ],
    [
      'a module that is no dense layer',
      () => closedForm(sequential(layer(), new Doubling()), x, y, mse),
      ArgumentError,
      'dense layers and activations, got Doubling at 1. Compare the gradients of other layers with compareGradients',
    ],
    [
      'dropout in training',
      () => closedForm(sequential(dropout(0.5), layer()), x, y, mse),
      ArgumentError,
      'no random layers, got dropout in training at 0. Call model.eval() first.',
    ],
    [
      'an activation in front of the first layer',
      () => closedForm(sequential(tanh, layer()), x, y, mse),
      ArgumentError,
      'begins with a dense layer, got tanh in front of the first. Apply it to x',
    ],
    [
      'a model without dense layers',
      () => closedForm(sequential(), x, y, mse),
      ArgumentError,
      'got Sequential without any',
    ],
    [
      'a loss of which it knows nothing',
      () => closedForm(layer(), x, y, (a) => a.sum()),
      ArgumentError,
      'J and ∇ₐJ of the loss are known, got a function.',
    ],
    [
      'a gradient of the wrong shape',
      () => closedForm(layer(), x, y, { value: () => 0, gradient: () => Matrix.of([[1, 2, 3]]) }),
      ShapeError,
      'has the shape of the outputs, [3, 3], got [1, 3]',
    ],
    [
      'samples of other features',
      () => closedForm(layer(), targets(3), y, mse),
      ShapeError,
      'closedForm: x has one sample a row, [samples, 4], got [3, 3]',
    ],
    [
      'arrays',
      () => closedForm(layer(), [[1, 2, 3, 4]] as unknown as Tensor, y, mse),
      ArgumentError,
      'x is a tensor, got object. Wrap arrays with tensor(…).',
    ],
    [
      'targets of another batch',
      () => closedForm(layer(), x, targets(2), mse),
      ShapeError,
      'y has a row for each sample, [3, 3], got [2, 3]',
    ],
    [
      'class indices for a regression',
      () => closedForm(layer(), x, labels(3), mse),
      ShapeError,
      'y has a row for each sample, [3, 3], got [3]',
    ],
    [
      'class indices of another batch',
      () => closedForm(layer(), x, labels(2), crossEntropy),
      ShapeError,
      '[3, 3] or class indices [3], got [2]',
    ],
    [
      'class indices that are no integers',
      () => closedForm(layer(), x, labels(3).cast('float64'), crossEntropy),
      DTypeError,
      'class indices are int32, got float64',
    ],
    [
      'classes that the model has no output for',
      () => closedForm(layer(), x, tensor(Int32Array.of(0, 3, 1)), crossEntropy),
      IndexError,
      'class indices run from 0 to 2, got 3 for sample 1',
    ],
    [
      'a layout that there isn’t',
      () => closedForm(layer(), x, y, mse, { layout: 'row' as 'rows' }),
      ArgumentError,
      'layout is one of rows, columns, got row',
    ],
    [
      'a form that there isn’t',
      () => closedForm(layer(), x, y, mse, { form: 'matrix' as 'matrices' }),
      ArgumentError,
      'form is one of components, jacobians, matrices, got matrix',
    ],
    [
      'a loss that is not reduced',
      () => closedForm(layer(), x, y, mse, { reduction: 'none' as 'sum' }),
      ArgumentError,
      'reduction is one of mean, sum, got none',
    ],
    [
      'a negative λ',
      () => closedForm(layer(), x, y, mse, { regularization: -1 }),
      ArgumentError,
      'regularization is a λ of at least 0, got -1',
    ],
  ])('%s', (_, attempt, kind, message) => {
    expect(attempt).toThrow(kind);
    expect(attempt).toThrow(message);
  });
});

class Doubling extends Module {
  forward(x: Tensor): Tensor {
    return x.mul(2);
  }
}
