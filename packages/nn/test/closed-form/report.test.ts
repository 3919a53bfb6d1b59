// What compareBackprop reports, and that it leaves everything as it was.
import {
  ArgumentError,
  NoPathError,
  noGrad,
  RetrogradError,
  type Tensor,
  tanh,
  tensor,
  variable,
} from '@retrograd/autograd';
import { crossEntropy, Dense, dense, mse, sequential } from '@retrograd/nn';
import {
  BackpropReport,
  ComparisonError,
  compareBackprop,
  Matrix,
} from '@retrograd/nn/closed-form';
import { describe, expect, it } from 'vitest';
import { inputs, labels, network, targets } from './support.js';

const row = { layer: '2', l: 3, quantity: 'δ', shape: [7, 3], absolute: 0, relative: 0 } as const;

/** mse with an ∇ₐJ that is off by 1 %. */
const wrong = {
  value: (a: Matrix, y: Matrix) =>
    a.data.reduce((sum, ak, k) => sum + (ak - y.data[k]) ** 2, 0) / a.data.length,
  gradient: (a: Matrix, y: Matrix) =>
    new Matrix(
      a.rows,
      a.columns,
      a.data.map((ak, k) => (2.02 * (ak - y.data[k])) / a.data.length),
    ),
};

describe('the report of compareBackprop', () => {
  const model = sequential(dense(4, 16), tanh, dense(16, 3)).to('float64');

  it('prints an aligned table of every layer, and the largest difference', () => {
    const lines = String(compareBackprop(model, inputs(32), labels(32), crossEntropy)).split('\n');
    expect(lines[0]).toBe(
      'layer  quantity  shape     max |tape − closed form|  / max |closed form|',
    );
    expect(lines).toHaveLength(1 + 10 + 1 + 1);
    expect(lines.slice(1, -1).map((line) => line.slice(0, 26).trimEnd())).toEqual([
      '0      z         [32, 16]',
      '0      a         [32, 16]',
      '0      δ         [32, 16]',
      '0      ∂J/∂W     [16, 4]',
      '0      ∂J/∂b     [16]',
      '2      z         [32, 3]',
      '2      a         [32, 3]',
      '2      δ         [32, 3]',
      '2      ∂J/∂W     [3, 16]',
      '2      ∂J/∂b     [3]',
      '       J         []',
    ]);
    for (const line of lines.slice(1, -1)) {
      expect(line.slice(26)).toMatch(/^ *(0|\d\.\de-\d+) +(0|\d\.\de-\d+)$/);
    }
    expect(lines.at(-1)).toMatch(
      /^largest relative difference (0|\d\.\de-\d+): \S+( of layer [02])?$/,
    );
  });

  it('leaves out the bias of a layer that has none', () => {
    const bare = dense(4, 3, { bias: false, dtype: 'float64' });
    const { rows } = compareBackprop(bare, inputs(3), targets(3), mse);
    expect(rows.map(({ quantity }) => quantity)).toEqual(['z', 'a', 'δ', '∂J/∂W', 'J']);
    expect(rows.map(({ layer }) => layer)).toEqual(['', '', '', '', '']);
  });

  it('names the worst layer and quantity, and where it begins', () => {
    const report = compareBackprop(network(3, 'tanh'), inputs(7), targets(7), mse, {
      closedLoss: wrong,
    });
    expect(report.largest.relative).toBeCloseTo(0.02 / 2.02, 10);
    expect(() => report.assertClose()).toThrow(ComparisonError);
    expect(() => report.assertClose()).toThrow(RetrogradError);
    expect(() => report.assertClose()).toThrow(
      /^compareBackprop: tape and closed form agree to 1e-12, got a relative difference of 9\.9e-3 in \S+ of layer \d\. Look at what comes after δ of layer 4, where it begins on the way back\.$/,
    );
    expect(report.assertClose(0.01)).toBe(report);
    expect(report.byQuantity.z?.relative).toBeLessThan(1e-14);
    expect(report.byQuantity.δ?.absolute).toBeGreaterThan(1e-4);
  });

  it('points to the forward pass where that is off', () => {
    const activations = { tanh: { f: (z: number) => z, df: () => 1 } };
    const report = compareBackprop(network(2, 'tanh'), inputs(7), targets(7), mse, { activations });
    expect(() => report.assertClose()).toThrow(
      'Look at the forward pass first: a of layer 0 is off',
    );
  });

  it('points to the value of the loss where all gradients agree', () => {
    const closedLoss = {
      ...wrong,
      value: () => 1,
      gradient: (a: Matrix, y: Matrix) => wrong.gradient(a, y).map((g) => g / 1.01),
    };
    const report = compareBackprop(network(2, 'tanh'), inputs(7), targets(7), mse, { closedLoss });
    expect(() => report.assertClose()).toThrow(
      'in J. Look at the value of the loss: all gradients',
    );
  });

  it('takes a NaN for a difference, an infinity on both sides for none', () => {
    const report = new BackpropReport([
      { ...row, relative: 1 },
      { ...row, relative: Number.NaN },
      row,
    ]);
    expect(report.largest.relative).toBeNaN();
    expect(() => report.assertClose(10)).toThrow('a relative difference of NaN in δ of layer 2');

    const layer = dense(1, 1, { dtype: 'float64' });
    layer.weight.assign(tensor([[1e200]], { dtype: 'float64' }));
    const x = tensor([[1e200]], { dtype: 'float64' });
    const y = tensor([[1]], { dtype: 'float64' });
    const { rows } = compareBackprop(layer, x, y, mse);
    expect(rows[0]).toMatchObject({ quantity: 'z', absolute: 0, relative: 0 });
    layer.weight.assign(tensor([[Number.NaN]], { dtype: 'float64' }));
    expect(compareBackprop(layer, x, y, mse).rows[0].relative).toBeNaN();
  });

  it('shows the rounding of float32, and no more', () => {
    const single = network(3, 'tanh', { dtype: 'float32' });
    const x = inputs(32).cast('float32');
    const report = compareBackprop(single, x, labels(32), crossEntropy, { regularization: 0.1 });
    expect(report.largest.relative).toBeGreaterThan(1e-9);
    expect(() => report.assertClose()).toThrow(ComparisonError);
    report.assertClose(1e-5);
  });
});

describe('compareBackprop leaves as they were', () => {
  it('the gradients that wait in the model, in the inputs and in anything else', () => {
    const model = network(2, 'tanh');
    const x = tensor(inputs(7).toArray(), { dtype: 'float64', requiresGrad: true });
    const scale = variable(tensor(2, { dtype: 'float64' }));
    const loss = (a: Tensor, y: Tensor): Tensor => mse(a, y).mul(scale).div(2);
    loss(model.forward(x), targets(7)).backward();
    const cells = [...model.parameters(), scale];
    const before = [...cells.map(({ grad }) => grad), x.grad];
    expect(before).not.toContain(null);
    const closedLoss = {
      ...wrong,
      gradient: (a: Matrix, y: Matrix) => wrong.gradient(a, y).map((g) => g / 1.01),
    };
    compareBackprop(model, x, targets(7), loss, { closedLoss }).assertClose();
    [...cells.map(({ grad }) => grad), x.grad].forEach((grad, i) => {
      expect(grad).toBe(before[i]);
    });

    model.clearGrad();
    compareBackprop(model, x, targets(7), mse).assertClose();
    expect(model.parameters().map(({ grad }) => grad)).toEqual([null, null, null, null]);
  });

  it('frozen cells, which it compares all the same', () => {
    const model = network(2, 'tanh');
    const frozen = model.parameters()[0];
    frozen.requiresGrad = false;
    const { value } = frozen;
    compareBackprop(model, inputs(7), targets(7), mse).assertClose();
    expect([frozen.requiresGrad, frozen.grad]).toEqual([false, null]);
    expect(frozen.value.data()).toEqual(value.data());
    expect(model.parameters()).not.toContain(frozen);
  });

  it('everything, when the loss throws', () => {
    const model = network(2, 'tanh');
    const [frozen, cell] = model.parameters();
    frozen.requiresGrad = false;
    cell.grad = tensor(cell.value.data()) as typeof cell.grad;
    const { grad } = cell;
    const attempt = () =>
      compareBackprop(model, inputs(7), targets(7), (a) => a.sum(1), { closedLoss: wrong });
    expect(attempt).toThrow('backward: starts at a single number, got shape [7]');
    expect([frozen.requiresGrad, cell.grad]).toEqual([false, grad]);
  });
});

describe('compareBackprop', () => {
  it('adds up the shares of a weight that layers share', () => {
    const tied = dense(4, 4, { dtype: 'float64' });
    const model = sequential(tied, tanh, tied, tanh, dense(4, 3, { dtype: 'float64' }));
    for (const layout of ['rows', 'columns'] as const) {
      const options = { layout, regularization: 0.5 };
      compareBackprop(model, inputs(7), targets(7), mse, options).assertClose();
    }
  });

  it('compares a penalty of the user’s choice', () => {
    const l1 = {
      lambda: 0.01,
      value: Math.abs,
      gradient: Math.sign,
      tensor: (W: Tensor): Tensor => W.abs(),
    };
    const model = network(3, 'sigmoid');
    const report = compareBackprop(model, inputs(7), targets(7), mse, { regularization: l1 });
    report.assertClose();
    const half = { ...l1, gradient: (theta: number) => Math.sign(theta) / 2 };
    const other = compareBackprop(model, inputs(7), targets(7), mse, { regularization: half });
    expect(other.largest.quantity).toBe('∂J/∂W');
  });

  it('passes the loss its options on both sides', () => {
    const [model, x, y] = [network(2, 'relu'), inputs(7), labels(7)];
    for (const reduction of ['mean', 'sum'] as const) {
      const options = { reduction, labelSmoothing: 0.1, classWeights: [1, 0.5, 2] };
      compareBackprop(model, x, y, crossEntropy, options).assertClose();
      const asTensor = { ...options, classWeights: tensor([1, 0.5, 2], { dtype: 'float64' }) };
      compareBackprop(model, x, y, crossEntropy, asTensor).assertClose();
    }
  });

  it('refuses a loss that is no function, and a tape that is switched off', () => {
    const model = new Dense(4, 3, { dtype: 'float64' });
    expect(() =>
      compareBackprop(model, inputs(2), targets(2), wrong as unknown as typeof mse),
    ).toThrow(ArgumentError);
    const unrecorded = () => noGrad(() => compareBackprop(model, inputs(2), targets(2), mse));
    expect(unrecorded).toThrow(NoPathError);
    expect(unrecorded).toThrow('Call it outside of noGrad.');
  });
});
