import * as tf from '@tensorflow/tfjs';
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {sing, singTransform} from '../../../src/sing/index';

let warned: string[] = [];

beforeEach(() => {
  warned = [];
  vi.spyOn(console, 'warn').mockImplementation((message: unknown) => void warned.push(String(message)));
});

afterEach(() => {
  vi.restoreAllMocks();
  tf.disposeVariables();
});

const trainers: [string, () => tf.Optimizer][] = [
  ['sgd', () => tf.train.sgd(0.05)],
  ['momentum', () => tf.train.momentum(0.05, 0.9)],
  ['nesterov', () => tf.train.momentum(0.05, 0.9, true)],
  ['adam', () => tf.train.adam(0.05)],
  ['adamax', () => tf.train.adamax(0.05)],
  ['rmsprop', () => tf.train.rmsprop(0.05, 0.9, 0.5)],
  ['adagrad', () => tf.train.adagrad(0.05)],
  ['adadelta', () => tf.train.adadelta(1)],
];

const x = (): tf.Tensor2D => tf.tensor2d([[0.5, -1, 2], [1, 0.3, -0.7], [-0.2, 0.8, 1.1], [0.9, 0.4, -1.5]]);
const y = (): tf.Tensor2D => tf.tensor2d([[1], [-1], [0.5], [2]]);

/** Two layers made of bare variables, the same at each call. */
function network(): {variables: tf.Variable[]; loss: () => tf.Scalar} {
  const w1 = tf.variable(tf.tensor2d([[0.1, -0.2], [0.4, 0.3], [-0.5, 0.2]]));
  const b1 = tf.variable(tf.tensor1d([0.1, -0.1]));
  const w2 = tf.variable(tf.tensor2d([[0.7], [-0.3]]));
  const loss = (): tf.Scalar => {
    const hidden = tf.tanh(tf.add(tf.matMul(x(), w1), b1));
    return tf.mean(tf.square(tf.sub(tf.matMul(hidden, w2), y()))) as tf.Scalar;
  };
  return {variables: [w1, b1, w2], loss};
}

/** Equal to within what float32 sums may differ by. */
function expectClose(got: number[][], want: number[][]): void {
  expect(got.map((values) => values.length)).toEqual(want.map((values) => values.length));
  got.forEach((values, row) => values.forEach((value, index) => expect(Math.abs(value - want[row]![index]!), `${value} against ${want[row]![index]!}`).toBeLessThanOrEqual(2e-5 * (1 + Math.abs(want[row]![index]!)))));
}

const numbers = (variables: tf.Variable[]): number[][] => variables.map((variable) => [...variable.dataSync()]);

/** A user's own optimizer: private fields, a minimize of its own that halves the gradients, a tensor it keeps without tidy. */
class HalvingOptimizer extends tf.Optimizer {
  readonly #rate: number;
  last: tf.Tensor | null = null;
  constructor(rate: number) {
    super();
    this.#rate = rate;
  }
  override minimize(f: () => tf.Scalar, returnCost?: boolean, varList?: tf.Variable[]): tf.Scalar | null {
    const {value, grads} = this.computeGradients(f, varList);
    const halved = Object.fromEntries(Object.entries(grads).map(([name, gradient]) => [name, tf.mul(gradient, 0.5)]));
    this.applyGradients(halved);
    tf.dispose([grads, halved]);
    if (returnCost) return value;
    value.dispose();
    return null;
  }
  applyGradients(gradients: tf.NamedTensorMap): void {
    for (const [name, gradient] of Object.entries(gradients)) {
      const variable = tf.engine().registeredVariables[name]!;
      this.last?.dispose();
      this.last = tf.mul(gradient, 1);
      tf.tidy(() => variable.assign(tf.sub(variable, tf.mul(gradient, this.#rate))));
    }
    this.incrementIterations();
  }
  override getClassName(): string {
    return 'HalvingOptimizer';
  }
  getConfig(): tf.serialization.ConfigDict {
    return {rate: this.#rate};
  }
}

describe('sing() in front of any optimizer', () => {
  it.each(trainers)('%s: as transforming by hand, by map and by list', (_name, make) => {
    for (const listed of [false, true]) {
      const ours = network();
      const optimizer = sing(make());
      const byHand = network();
      const plain = make();
      for (let step = 0; step < 10; step++) {
        optimizer.minimize(ours.loss, false, listed ? ours.variables : undefined);
        tf.tidy(() => {
          const {grads} = tf.variableGrads(byHand.loss, byHand.variables);
          const transformed = byHand.variables.map(({name}) => ({name, tensor: singTransform(grads[name]!)}));
          plain.applyGradients(transformed);
        });
      }
      expectClose(numbers(ours.variables), numbers(byHand.variables));
      expect(numbers(ours.variables)[0]).not.toEqual(numbers(network().variables)[0]);
      tf.disposeVariables();
    }
  });

  it.each(trainers)('%s: with both parts off, as the optimizer alone', (_name, make) => {
    const ours = network();
    const optimizer = sing(make(), {centralize: false, normalize: false});
    const alone = network();
    const plain = make();
    for (let step = 0; step < 10; step++) {
      optimizer.minimize(ours.loss, false, ours.variables);
      plain.minimize(alone.loss, false, alone.variables);
    }
    expectClose(numbers(ours.variables), numbers(alone.variables));
  });

  it('keeps what a subclass does in its own minimize', () => {
    const {variables, loss} = network();
    const inner = new HalvingOptimizer(0.1);
    const seen = vi.spyOn(inner, 'applyGradients');
    const cost = sing(inner, {centralize: false, normalize: false}).minimize(loss, true, variables)!;
    expect(cost.dataSync()[0]).toBeGreaterThan(0);
    expect(seen).toHaveBeenCalledTimes(1);
    const [w1] = numbers(variables);
    const reference = network();
    const {grads} = tf.variableGrads(reference.loss, reference.variables);
    const gradient = grads[reference.variables[0]!.name]!.dataSync();
    numbers(reference.variables)[0]!.forEach((start, index) => expect(w1![index]).toBeCloseTo(start - 0.05 * gradient[index]!, 6));
    expect(inner.last!.isDisposed).toBe(false);
  });

  it('leaves the inner optimizer as it was, after an error too', () => {
    const inner = new HalvingOptimizer(0.1);
    const optimizer = sing(inner);
    expect(() => optimizer.minimize(() => { throw new Error('in the loss'); }, false, network().variables)).toThrow('in the loss');
    expect(Object.hasOwn(inner, 'applyGradients')).toBe(false);
    const {variables, loss} = network();
    inner.minimize(loss, false, variables);
    expect(inner.iterations).toBe(1);
  });

  it('hands on cost, learning rate, iterations, class name, configuration, weights and dispose', async () => {
    const {variables, loss} = network();
    const inner = tf.train.adam(0.05);
    const optimizer = sing(inner);
    const cost = optimizer.minimize(loss, true, variables);
    expect(cost!.dataSync()[0]).toBeCloseTo(loss().dataSync()[0]!, 0);
    expect(optimizer.minimize(loss, false, variables)).toBeNull();
    expect(optimizer.iterations).toBe(2);
    expect(optimizer.getClassName()).toBe('Adam');
    expect(optimizer.getConfig()).toEqual(inner.getConfig());
    optimizer.learningRate = 0.01;
    expect((inner as unknown as {learningRate: number}).learningRate).toBe(0.01);
    const weights = await optimizer.getWeights();
    expect(weights.map(({name}) => name)).toEqual((await inner.getWeights()).map(({name}) => name));
    const other = sing(tf.train.adam(0.01));
    await other.setWeights(weights.map(({name, tensor}) => ({name, tensor: tf.clone(tensor)})));
    const before = tf.memory().numTensors;
    expect(other.iterations).toBe(2);
    inner.minimize(loss, false, variables);
    optimizer.dispose();
    expect(tf.memory().numTensors).toBeLessThan(before);
  });

  it('sets the rate that SGD really uses', () => {
    for (const set of [(o: ReturnType<typeof sing>) => (o.learningRate = 0.5), (o: ReturnType<typeof sing>) => o.setLearningRate(0.5)]) {
      const w = tf.variable(tf.scalar(0));
      const optimizer = sing(tf.train.sgd(0.01));
      expect(optimizer.learningRate).toBe(0.01);
      set(optimizer);
      optimizer.minimize(() => tf.mul(w, 3), false, [w]);
      expect(w.dataSync()[0]).toBeCloseTo(-0.5, 6);
    }
  });

  it('is what model.compile takes; a saved model names the inner optimizer', async () => {
    const seeded = (seed: number) => ({kernelInitializer: tf.initializers.glorotUniform({seed})});
    const model = tf.sequential({layers: [tf.layers.dense({units: 4, inputShape: [3], activation: 'tanh', ...seeded(1)}), tf.layers.dense({units: 1, ...seeded(2)})]});
    model.compile({optimizer: sing(tf.train.adam(0.02)), loss: 'meanSquaredError'});
    const history = await model.fit(x(), y(), {epochs: 60, verbose: 0});
    const losses = history.history.loss as number[];
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 2);
    let saved: tf.io.ModelArtifacts | undefined;
    await model.save(tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return {modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts)};
    }), {includeOptimizer: true});
    const loaded = (await tf.loadLayersModel(tf.io.fromMemory(saved!))) as tf.Sequential;
    expect(loaded.optimizer.getClassName()).toBe('Adam');
  });

  it('passes on a parameter without a gradient as none', () => {
    const {variables, loss} = network();
    const idle = tf.variable(tf.tensor1d([1, 2]));
    for (const make of trainers.map(([, trainer]) => trainer)) {
      const before = numbers(variables)[0];
      sing(make()).minimize(loss, false, [idle, ...variables]);
      const grads = tf.variableGrads(loss, variables).grads;
      sing(make()).applyGradients({[idle.name]: null as unknown as tf.Tensor, ...grads});
      expect(numbers(variables)[0]).not.toEqual(before);
    }
    expect([...idle.dataSync()]).toEqual([1, 2]);
  });

  it('leaves out what is excluded, and takes kinds by name', () => {
    const gradients = tf.tensor2d([[1, 5], [2, 3]]);
    const step = (options: Parameters<typeof sing>[1], name: string): number[] => {
      const w = tf.variable(tf.zeros([2, 2]), true, name);
      sing(tf.train.sgd(1), options).applyGradients({[name]: gradients});
      const result = [...w.dataSync()].map((value) => -value);
      w.dispose();
      return result;
    };
    const raw = [...gradients.dataSync()];
    const near = (values: number[]): unknown[] => values.map((value) => expect.closeTo(value, 5));
    const half = Math.sqrt(0.5 * 0.5 * 2 + 2);
    expect(step({}, 'words/kernel')).toEqual(near([-0.5 / half, 1 / half, 0.5 / half, -1 / half]));
    expect(step({exclude: ['words']}, 'words/kernel')).toEqual(raw);
    expect(step({exclude: ['*kernel']}, 'words/kernel')).toEqual(raw);
    const perRow = Math.sqrt(4 + 4 + 0.25 + 0.25);
    const embedded = near([-2 / perRow, 2 / perRow, -0.5 / perRow, 0.5 / perRow]);
    expect(step({kinds: {'words/kernel': 'embedding'}}, 'words/kernel')).toEqual(embedded);
    expect(step({}, 'words/embeddings')).toEqual(embedded);
    expect(() => step({kinds: {'words/kernel': 'conv2d'}}, 'words/kernel')).toThrow("kinds['words/kernel']: 'conv2d' is for rank 4");
  });

  it('changes with its properties in mid-run', () => {
    const w = tf.variable(tf.tensor1d([0, 0]));
    const optimizer = sing(tf.train.sgd(1));
    const moved = (): number[] => {
      const before = [...w.dataSync()];
      const gradient = tf.tensor1d([3, 4]);
      optimizer.applyGradients([{name: w.name, tensor: gradient}]);
      return [...w.dataSync()].map((value, index) => before[index]! - value);
    };
    const near = (values: number[]): unknown[] => values.map((value) => expect.closeTo(value, 5));
    expect(moved()).toEqual(near([0.6, 0.8]));
    optimizer.normalize = false;
    expect(moved()).toEqual(near([3, 4]));
    optimizer.normalize = 'std';
    expect(moved()).toEqual(near([0.6 * Math.SQRT2, 0.8 * Math.SQRT2]));
    optimizer.exclude = [w.name];
    expect(moved()).toEqual(near([3, 4]));
  });

  it.each(trainers)('%s: makes no tensor more over 100 steps in three forms', (_name, make) => {
    const {variables, loss} = network();
    const optimizer = sing(make());
    const once = (): void => {
      optimizer.minimize(loss);
      optimizer.minimize(loss, false, variables);
      const {value, grads} = tf.variableGrads(loss, variables);
      optimizer.applyGradients(grads);
      tf.dispose([value, grads]);
    };
    const tidied = (): void => tf.tidy(once);
    tidied();
    const before = tf.memory().numTensors;
    for (let step = 0; step < 100; step++) tidied();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('y = 2x − 1', () => {
  it('is learned under sing(sgd(0.01)) in 600 steps, and it is said once that its kernel is not centralized', async () => {
    const model = tf.sequential({layers: [tf.layers.dense({units: 1, inputShape: [1], kernelInitializer: 'zeros'})]});
    model.compile({loss: 'meanSquaredError', optimizer: sing(tf.train.sgd(0.01))});
    const xs = tf.tensor2d([-1, 0, 1, 2, 3, 4], [6, 1]);
    const ys = tf.tensor2d([-3, -1, 1, 3, 5, 7], [6, 1]);
    const {history} = await model.fit(xs, ys, {epochs: 600, verbose: 0});
    expect(history.loss!.length).toBe(600);
    expect((history.loss as number[]).at(-1)!).toBeLessThan(1e-2);
    expect(warned).toEqual([expect.stringMatching(/^SING: dense_Dense\d+\/kernel \[1, 1\] has one element per mean, so centralizing makes its gradient zero: it is not centralized\./)]);
  });

  it("never moves its kernel under 'always', and that is said", async () => {
    const model = tf.sequential({layers: [tf.layers.dense({units: 1, inputShape: [1], kernelInitializer: 'zeros'})]});
    model.compile({loss: 'meanSquaredError', optimizer: sing(tf.train.sgd(0.01), {centralize: 'always'})});
    await model.fit(tf.tensor2d([-1, 0, 4], [3, 1]), tf.tensor2d([-3, -1, 7], [3, 1]), {epochs: 5, verbose: 0});
    expect(model.getWeights()[0]!.dataSync()[0]).toBe(0);
    expect(warned).toEqual([expect.stringMatching(/it will not train\. Use centralize: true\.$/)]);
  });
});
