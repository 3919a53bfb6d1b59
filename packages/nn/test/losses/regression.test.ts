// Losses for numbers: values by hand, gradients against finite differences, what is refused.

import { ArgumentError, grad, ShapeError, type Tensor, tensor, zeros } from '@retrograd/autograd';
import { gradcheck } from '@retrograd/autograd/testing';
import { halfSquaredError, huber, type LossOptions, mae, mse } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';

const float64 = { dtype: 'float64' } as const;
const a = tensor(
  [
    [1, 2],
    [3, 5],
  ],
  float64,
);
const y = tensor(
  [
    [0, 2],
    [1, 9],
  ],
  float64,
);

const LOSSES = { mse, halfSquaredError, mae, huber };
const each = Object.entries(LOSSES);

describe('losses for numbers', () => {
  it('have the values that one computes by hand', () => {
    expect(mse(a, y).item()).toBe((1 + 0 + 4 + 16) / 4);
    expect(mse(a, y, { reduction: 'sum' }).item()).toBe(21);
    expect(mse(a, y, { reduction: 'none' }).toArray()).toEqual([
      [1, 0],
      [4, 16],
    ]);
    expect(halfSquaredError(a, y).item()).toBe(21 / 2 / 2);
    expect(halfSquaredError(a, y, { reduction: 'sum' }).item()).toBe(10.5);
    expect(halfSquaredError(a, y, { reduction: 'none' }).toArray()).toEqual([0.5, 10]);
    expect(mae(a, y).item()).toBe(7 / 4);
    expect(huber(a, y).item()).toBe((0.5 + 0 + 1.5 + 3.5) / 4);
    expect(huber(a, y, { delta: 2, reduction: 'none' }).toArray()).toEqual([
      [0.5, 0],
      [2, 6],
    ]);
  });

  it('count a vector as rows of one number in ½‖a − y‖²', () => {
    const [p, t] = [tensor([1, 3]), tensor([0, 0])];
    expect(halfSquaredError(p, t, { reduction: 'none' }).toArray()).toEqual([0.5, 4.5]);
    expect(halfSquaredError(p, t).item()).toBe(2.5);
    expect(halfSquaredError(tensor(3), tensor(1)).item()).toBe(2);
  });

  it('give a − y as the gradient of ½‖a − y‖²', () => {
    const loss = (p: Tensor) => halfSquaredError(p, y, { reduction: 'sum' });
    expect(grad(loss)(a).toArray()).toEqual(a.sub(y).toArray());
  });

  it.each(each)('%s agrees with finite differences in both operands, twice', (_name, loss) => {
    const [p, t] = [tensor([[0.3, -1.2, 2.5]], float64), tensor([[0.1, 0.4, -0.6]], float64)];
    for (const reduction of ['mean', 'sum', 'none'] as const) {
      gradcheck((x: Tensor, target: Tensor) => loss(x, target, { reduction }), [p, t]);
    }
  });

  it.each(each)('%s is NaN as a mean of nothing, 0 as its sum', (_name, loss) => {
    const empty = zeros([0, 3]);
    expect(loss(empty, empty).item()).toBeNaN();
    expect(loss(empty, empty, { reduction: 'sum' }).item()).toBe(0);
    expect(loss(empty, empty, { reduction: 'none' }).size).toBe(0);
  });

  it.each(each)('%s takes a single number', (_name, loss) => {
    expect(loss(tensor(2), tensor(1.5)).shape).toEqual([]);
    expect(loss(tensor([2]), tensor([1.5]), { reduction: 'none' }).shape).toEqual([1]);
  });

  it.each(each)('%s passes NaN on', (_name, loss) => {
    expect(loss(tensor([1, Number.NaN]), tensor([0, 0])).item()).toBeNaN();
  });

  it.each(each)('%s refuses to broadcast in silence', (name, loss) => {
    const call = (options?: LossOptions) => () => loss(zeros([32, 1]), zeros([32]), options);
    expect(call()).toThrow(ShapeError);
    expect(call()).toThrow(
      `${name}: prediction [32, 1] and target [32] would broadcast to [32, 32]. ` +
        'Reshape one of them, or pass { broadcast: true }.',
    );
  });

  it.each(each)('%s broadcasts where it is asked to', (_name, loss) => {
    const terms = loss(zeros([3, 1]), tensor([1, 2]), { broadcast: true, reduction: 'sum' });
    const whole = loss(
      zeros([3, 2]),
      tensor([
        [1, 2],
        [1, 2],
        [1, 2],
      ]),
      { reduction: 'sum' },
    );
    expect(terms.item()).toBe(whole.item());
  });

  it.each(each)('%s refuses shapes that do not even broadcast', (name, loss) => {
    const call = () => loss(zeros([3]), zeros([4]), { broadcast: true });
    expect(call).toThrow(ShapeError);
    expect(call).toThrow(`${name}: prediction and target have one shape, got [3] and [4].`);
  });

  it.each(each)('%s refuses a reduction that there is not', (name, loss) => {
    const options = { reduction: 'average' } as unknown as LossOptions;
    expect(() => loss(a, y, options)).toThrow(ArgumentError);
    expect(() => loss(a, y, options)).toThrow(
      `${name}: reduction is 'mean', 'sum' or 'none', got average.`,
    );
  });

  it.each(each)('%s refuses what is no tensor', (name, loss) => {
    const array = [1, 2] as unknown as Tensor;
    expect(() => loss(tensor([1, 2]), array)).toThrow(ArgumentError);
    expect(() => loss(tensor([1, 2]), array)).toThrow(`${name}: target is a tensor, got an array.`);
    expect(() => loss(1 as unknown as Tensor, a)).toThrow('prediction is a tensor, got number.');
  });

  it.each(each)('%s goes by its name', (name, loss) => {
    expect([loss.lossName, loss.name]).toEqual([name, name]);
  });

  it('take integers as numbers', () => {
    const whole = tensor([1, 4], { dtype: 'int32' });
    expect(mse(tensor([1.5, 4]), whole).item()).toBe(0.125);
    expect(mae(whole, tensor([0, 0], { dtype: 'int32' })).item()).toBe(2.5);
  });
});

describe('huber', () => {
  it('meets its line where its parabola ends, with one slope', () => {
    const slope = grad((x: Tensor) => huber(x, tensor(0, float64), { delta: 0.5 }));
    expect(slope(tensor(0.5, float64)).item()).toBe(0.5);
    expect(slope(tensor(-7, float64)).item()).toBe(-0.5);
    expect(huber(tensor(0.5, float64), tensor(0, float64), { delta: 0.5 }).item()).toBe(0.125);
  });

  it.each([0, -1, Number.NaN])('refuses delta = %s', (delta) => {
    expect(() => huber(a, y, { delta })).toThrow(ArgumentError);
    expect(() => huber(a, y, { delta })).toThrow(`huber: delta is a number above 0, got ${delta}.`);
  });
});

describe('mae', () => {
  it('has the derivative 0 where prediction and target are equal', () => {
    expect(grad((x: Tensor) => mae(x, tensor([1, 1])))(tensor([1, 2])).toArray()).toEqual([0, 0.5]);
  });
});
