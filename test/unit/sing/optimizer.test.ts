import * as core from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs';
import {afterEach, describe, expect, it} from 'vitest';
import * as entry from '../../../src/sing/index';
import {createSing, SingOptimizer} from '../../../src/sing/index';

afterEach(() => tf.disposeVariables());

const x = (): tf.Tensor2D => tf.tensor2d([[0.5, -1, 2], [1, 0.3, -0.7], [-0.2, 0.8, 1.1], [0.9, 0.4, -1.5]]);
const y = (): tf.Tensor2D => tf.tensor2d([[1], [-1], [0.5], [2]]);

function model(): tf.Sequential {
  return tf.sequential({
    layers: [
      tf.layers.dense({units: 5, inputShape: [3], activation: 'tanh', kernelInitializer: tf.initializers.glorotUniform({seed: 3})}),
      tf.layers.dense({units: 1, kernelInitializer: tf.initializers.glorotUniform({seed: 4})}),
    ],
  });
}

const numbers = (trained: tf.LayersModel): number[][] => trained.getWeights().map((weight) => [...weight.dataSync()]);

async function artifactsOf(trained: tf.LayersModel): Promise<tf.io.ModelArtifacts> {
  let saved: tf.io.ModelArtifacts | undefined;
  await trained.save(tf.io.withSaveHandler(async (artifacts) => {
    // As a file would have it: names and numbers only.
    saved = {...artifacts, modelTopology: JSON.parse(JSON.stringify(artifacts.modelTopology)), trainingConfig: JSON.parse(JSON.stringify(artifacts.trainingConfig))};
    return {modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts)};
  }), {includeOptimizer: true});
  return saved!;
}

describe('SingOptimizer', () => {
  it('trains a model through fit, and holds its tensors constant', async () => {
    const trained = model();
    trained.compile({optimizer: new SingOptimizer({learningRate: 0.05, weightDecay: 0.01}), loss: 'meanSquaredError'});
    const [xs, ys] = [x(), y()];
    const first = (await trained.trainOnBatch(xs, ys)) as number;
    for (let step = 0; step < 6; step++) await trained.trainOnBatch(xs, ys);
    const before = tf.memory().numTensors;
    let last = first;
    for (let step = 0; step < 100; step++) last = (await trained.trainOnBatch(xs, ys)) as number;
    expect(tf.memory().numTensors).toBe(before);
    expect(last).toBeLessThan(first / 10);
  });

  it('goes on, bit for bit, after a model was saved and loaded under new names', async () => {
    const trained = model();
    const optimizer = new SingOptimizer({
      learningRate: 0.05, beta1: 0.8, softplus: {beta: 20}, lookahead: {steps: 4, alpha: 0.3}, normalize: 'std', weightDecay: 0.1, decayAll: true,
      kinds: {'some_Layer1/kernel': 'conv2d_transpose'},
    });
    trained.compile({optimizer, loss: 'meanSquaredError'});
    for (let step = 0; step < 6; step++) await trained.trainOnBatch(x(), y());
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(await artifactsOf(trained)));
    const restored = loaded.optimizer as SingOptimizer;
    expect(restored.getClassName()).toBe('SingOptimizer');
    expect(restored.getConfig()).toEqual(optimizer.getConfig());
    expect(restored.kinds).toEqual({'some_Layer1/kernel': 'conv2d_transpose'});
    expect(restored.iterations).toBe(6);
    for (let step = 0; step < 5; step++) {
      await trained.trainOnBatch(x(), y());
      await loaded.trainOnBatch(x(), y());
    }
    expect(numbers(loaded)).toEqual(numbers(trained));
  });

  it('takes its weights back by name, those without a gradient yet included, and frees what it held', async () => {
    const make = (name: string): tf.Variable => tf.variable(tf.tensor1d([1, 2]), true, name);
    const [a, b] = [make('a'), make('b')];
    const step = (optimizer: SingOptimizer, variables: tf.Variable[]): void => void optimizer.minimize(() => tf.sum(tf.addN(variables.map((variable) => tf.square(variable)))) as tf.Scalar, false, variables);
    const first = new SingOptimizer();
    step(first, [a, b]);
    step(first, [a]);
    const weights = await first.getWeights();
    expect(weights.map(({name}) => name)).toEqual(['iter', 'a/m', 'a/v', 'a/slow', 'b/m', 'b/v', 'b/slow']);
    expect([...weights[0]!.tensor.dataSync()]).toEqual([2, 2, 2, 1]);
    const second = new SingOptimizer();
    const before = tf.memory().numTensors;
    await second.setWeights(weights);
    await second.setWeights(weights);
    // On pure JavaScript the memory is plain arrays.
    expect(tf.memory().numTensors).toBe(before);
    step(second, [b]);
    expect((await second.getWeights()).map(({name}) => name)).toEqual(['iter', 'b/m', 'b/v', 'b/slow', 'a/m', 'a/v', 'a/slow']);
    step(second, [a]);
    expect([...(await second.getWeights())[0]!.tensor.dataSync()]).toEqual([4, 4, 2, 3]);
    second.dispose();
    await expect(second.setWeights([{name: 'iter', tensor: tf.scalar(3)}, {name: 'a/m', tensor: a}])).rejects.toThrow('setWeights: these are not the weights of a SingOptimizer');
  });

  it('frees all its tensors', () => {
    const before = tf.memory().numTensors;
    const w = tf.tidy(() => tf.variable(tf.ones([3, 2])));
    const optimizer = new SingOptimizer();
    optimizer.minimize(() => tf.sum(tf.square(w)) as tf.Scalar, false, [w]);
    expect(tf.memory().numTensors).toBe(before + 1);
    optimizer.dispose();
    w.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('starts afresh for another variable under an old name', () => {
    const optimizer = new SingOptimizer({lookahead: false});
    const step = (shape: number[]): number[] => {
      const w = tf.variable(tf.ones(shape), true, 'reused');
      optimizer.minimize(() => tf.sum(tf.square(w)) as tf.Scalar, false, [w]);
      const values = [...w.dataSync()];
      w.dispose();
      return values;
    };
    expect(step([2])).toEqual(step([2]));
    expect(step([3]).length).toBe(3);
  });

  it('refuses a gradient that belongs to no variable', () => {
    expect(() => new SingOptimizer().applyGradients({nobody: tf.scalar(1)})).toThrow("applyGradients: there is no variable named 'nobody'");
  });
});

describe('parts switched in mid-run', () => {
  const gradient = [3, 4];

  /** One step of a fresh optimizer at given weights is compared with one step of a run in which the part was switched. */
  function runner(options: ConstructorParameters<typeof SingOptimizer>[0]) {
    const optimizer = new SingOptimizer({learningRate: 0.1, softplus: false, lookahead: false, ...options});
    const w = tf.variable(tf.tensor2d([1, 1], [2, 1]));
    const step = (): number[] => {
      tf.tidy(() => optimizer.applyGradients([{name: w.name, tensor: tf.tensor2d(gradient, [2, 1])}]));
      return [...w.dataSync()];
    };
    return {optimizer, w, step};
  }

  it('weight decay and rate take effect at the next step', () => {
    const {optimizer, step, w} = runner({centralize: false});
    const before = step();
    optimizer.learningRate = 0;
    expect(step()).toEqual(before);
    optimizer.learningRate = 0.1;
    optimizer.weightDecay = 1;
    const decayed = step();
    // Equal gradients at every step: Adam moves by the rate.
    decayed.forEach((value, index) => expect(value).toBeCloseTo(before[index]! * 0.9 - 0.1, 3));
    expect(w.isDisposed).toBe(false);
  });

  it('centralize and normalize change the gradient of the next step', async () => {
    const {optimizer, step} = runner({centralize: false, normalize: false, beta1: 0});
    const moment = async (): Promise<number[]> => [...(await optimizer.getWeights())[1]!.tensor.dataSync()];
    step();
    expect(await moment()).toEqual([3, 4]);
    optimizer.centralize = true;
    step();
    expect(await moment()).toEqual([-0.5, 0.5]);
    optimizer.normalize = 'norm';
    step();
    expect(await moment()).toEqual([expect.closeTo(-Math.SQRT1_2, 5), expect.closeTo(Math.SQRT1_2, 5)]);
    optimizer.centralize = false;
    step();
    expect(await moment()).toEqual([expect.closeTo(0.6, 5), expect.closeTo(0.8, 5)]);
  });

  it('softplus floors the denominator from the next step on', () => {
    const {optimizer, step} = runner({centralize: false, normalize: false, epsilon: 0});
    const plain = step();
    optimizer.softplus = {beta: 1};
    const soft = step();
    // softplus(3) = 3.0486, softplus(4) = 4.0181: the moves are 0.1 · 3 / 3.0486 and 0.1 · 4 / 4.0181.
    expect(plain[0]! - soft[0]!).toBeCloseTo(0.1 * (3 / 3.0485873), 4);
    expect(plain[1]! - soft[1]!).toBeCloseTo(0.1 * (4 / 4.0181499), 4);
  });

  it('LookAhead begins at the weights of the moment and is forgotten when off', async () => {
    const {optimizer, step, w} = runner({centralize: false});
    const names = async (): Promise<string[]> => (await optimizer.getWeights()).map(({name}) => name.split('/').pop()!);
    step();
    expect(await names()).toEqual(['iter', 'm', 'v']);
    const slow = [...w.dataSync()];
    optimizer.lookahead = {steps: 2, alpha: 0.5};
    const unmerged = step();
    expect(await names()).toEqual(['iter', 'm', 'v', 'slow']);
    const merged = step();
    const fast = unmerged.map((value) => value - 0.1);
    merged.forEach((value, index) => expect(value).toBeCloseTo((fast[index]! + slow[index]!) / 2, 3));
    step();
    optimizer.lookahead = false;
    const before = tf.memory().numTensors;
    const free = step();
    expect(tf.memory().numTensors).toBe(before);
    optimizer.lookahead = {steps: 2, alpha: 0};
    // Had the counter gone on, this step would merge back to the slow weights.
    expect(step()).not.toEqual(free);
    expect(step()).toEqual(free);
  });
});

describe('the entry', () => {
  it('is bound to the peer, once per copy', () => {
    expect(createSing(tf)).toBe(createSing(core));
    expect(createSing(core).SingOptimizer).toBe(entry.SingOptimizer);
    expect(createSing(core).sing).toBe(entry.sing);
    expect(createSing(core).singTransform).toBe(entry.singTransform);
  });
});
