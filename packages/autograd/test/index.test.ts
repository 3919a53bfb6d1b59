// Tests of the front door: what the package exports, and that every operation on a tensor is a method as well.
import { describe, expect, test } from 'vitest';
import * as autograd from '../src/index.js';
import { Operand, Tensor, tensor, Variable, variable } from '../src/index.js';

/** Operations of the package's vocabulary, by how they are called: as functions of a tensor first. */
const OPERATIONS = `
  neg abs sign exp log log1p expm1 sqrt rsqrt square sin cos tan asin acos atan sinh cosh tanh erf sigmoid logSigmoid
  softplus relu silu floor ceil round logicalNot leakyRelu elu gelu clamp
  add sub mul div pow maximum minimum equal notEqual less lessEqual greater greaterEqual logicalAnd logicalOr logicalXor
  sum mean prod max min logsumexp variance std norm argmax argmin cumsum softmax logSoftmax matmul dot outer
  reshape transpose permute broadcastTo squeeze unsqueeze slice flip pad split tile repeat
  slidingWindows foldWindows
  gather takeAlong scatterAdd index oneHot tril triu diag sort argsort topK cast detach`
  .trim()
  .split(/\s+/);

/** What has no tensor to be a method of, or several. */
const FUNCTIONS = `
  where concat stack einsum conv convTranspose maxPool averagePool tensor variable zeros ones full eye arange linspace zerosLike onesLike fullLike rng
  grad valueAndGrad vjp jvp jacobian hessian hvp checkpoint noGrad backward
  defineOp defineMultiOp defineElementwise constant select derivative toSource toLatex`
  .trim()
  .split(/\s+/);

const exported = autograd as unknown as Record<string, (...args: unknown[]) => unknown>;
const prototype = Operand.prototype as unknown as Record<string, unknown>;

test.each([...OPERATIONS, ...FUNCTIONS])('%s is exported as a function', (name) => {
  expect(exported[name]).toBeTypeOf('function');
});

describe('methods', () => {
  test.each(OPERATIONS)('%s is one, of tensors and of variables', (name) => {
    expect(prototype[name]).toBeTypeOf('function');
    expect(name in Tensor.prototype && name in Variable.prototype).toBe(true);
  });

  test('are not listed when a tensor is walked through', () => {
    const keys: string[] = [];
    for (const key in tensor([1])) keys.push(key);
    expect(keys.sort()).toEqual(['dtype', 'origin', 'shape', 'slot', 'storage']);
  });

  test.each<[string, unknown[]]>([
    ['exp', []],
    ['clamp', [-0.5, 0.5]],
    ['sub', [2]],
    [
      'matmul',
      [
        tensor([
          [1, 2],
          [3, 4],
        ]),
      ],
    ],
    ['sum', [0, { keepDims: true }]],
    ['softmax', [0]],
    ['reshape', [[4]]],
    ['slice', [null, [0, 1]]],
    ['split', [2, 1]],
    ['topK', [1]],
    ['cast', ['float64']],
  ])('%s gives what the function gives, with all arguments', (name, args) => {
    const x = [
      [0.5, -1],
      [2, 3],
    ];
    const text = (value: unknown) =>
      JSON.stringify(value, (_, v) => (v instanceof Tensor ? `${v}` : v));
    for (const receiver of [tensor(x), variable(tensor(x), { requiresGrad: false })]) {
      const method = prototype[name] as (...rest: unknown[]) => unknown;
      expect(text(method.apply(receiver, args))).toBe(text(exported[name](receiver, ...args)));
    }
  });

  test('backward, tape, detach and registerHook belong to tensors', () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const y = x.mul(3).sum();
    expect(y.tape()).toHaveLength(3);
    y.backward();
    expect(x.grad?.toArray()).toEqual([3, 3]);
    expect(x.detach().requiresGrad).toBe(false);
    const v = variable(2);
    v.backward({ retain: true });
    expect(v.grad?.item()).toBe(1);
    expect(v.tape()).toHaveLength(1);
  });

  test('chain: the example that everyone tries first', () => {
    const x = tensor(
      [
        [1, 2],
        [3, 4],
      ],
      { requiresGrad: true },
    );
    x.matmul(x).tanh().sum().backward();
    expect(x.grad?.shape).toEqual([2, 2]);
  });
});
