import * as tf from '@tensorflow/tfjs';
import {describe, expect, it} from 'vitest';
import {sing, SingOptimizer, singTransform} from '../../../src/sing/index';
import {networks, numbersOf, perceptron, trainers, valuesOf, worst} from './networks';

const stock = trainers.slice(0, 4);
const without = {centralize: false, normalize: false} as const;

/** What holds of the optimizers on every kind of kernels. */
export function describeOptimizers(): void {
  describe.each(stock)('%s by the kernels', (_name, make) => {
    it.each(networks)('ends where the stock one does after 200 steps without SING: %s', (_network, build) => {
      const [ours, theirs] = [build(), build()];
      const [optimizer, plain] = [sing(make(), without), make()];
      for (let step = 0; step < 200; step++) {
        optimizer.minimize(ours.loss, false, ours.variables);
        plain.minimize(theirs.loss, false, theirs.variables);
      }
      expect(worst(valuesOf(ours.variables), valuesOf(theirs.variables))).toBeLessThan(2e-4);
      expect(optimizer.iterations).toBe(200);
      [optimizer, plain].forEach((each) => each.dispose());
      tf.dispose([ours.variables, theirs.variables]);
    });

    it('goes on where the other left off, taking over and giving back every few steps', async () => {
      const [ours, theirs] = [perceptron(), perceptron()];
      const [inner, plain] = [make(), make()];
      const optimizer = sing(inner, without);
      for (let step = 0; step < 30; step++) {
        // Its own update between, which must find what ours remembered.
        (step % 5 < 2 ? inner : optimizer).minimize(ours.loss, false, ours.variables);
        plain.minimize(theirs.loss, false, theirs.variables);
      }
      expect(worst(valuesOf(ours.variables), valuesOf(theirs.variables))).toBeLessThan(2e-5);
      const [weights, wanted] = [await inner.getWeights(), await plain.getWeights()];
      expect(weights.length).toBe(wanted.length);
      expect(worst(valuesOf(weights.map(({tensor}) => tensor)), valuesOf(wanted.map(({tensor}) => tensor)))).toBeLessThan(2e-5);
      tf.dispose([ours.variables, theirs.variables]);
    });

    it('freezes and unfreezes variables, and follows the rate', () => {
      const [ours, theirs] = [perceptron(), perceptron()];
      const [optimizer, plain] = [sing(make(), without), make()];
      for (let step = 0; step < 20; step++) {
        // A gradient that is null keeps its place for the stock optimizer.
        const frozen = step % 4 === 3 ? 1 : -1;
        if (step === 10) {
          optimizer.learningRate = 0.005;
          const rate = plain as unknown as {learningRate: number; setLearningRate?(value: number): void};
          if (rate.setLearningRate) rate.setLearningRate(0.005);
          else rate.learningRate = 0.005;
        }
        for (const [each, {variables, loss}] of [[optimizer, ours], [plain, theirs]] as const) {
          tf.tidy(() => {
            const {grads} = tf.variableGrads(loss, variables);
            each.applyGradients(variables.map(({name}, index) => ({name, tensor: (index === frozen ? null : grads[name]) as tf.Tensor})));
          });
        }
      }
      expect(worst(valuesOf(ours.variables), valuesOf(theirs.variables))).toBeLessThan(2e-5);
      tf.dispose([ours.variables, theirs.variables]);
    });
  });

  describe.each(trainers)('sing(%s)', (_name, make) => {
    it('is the optimizer with transformed gradients', () => {
      const [ours, byHand] = [perceptron(), perceptron()];
      const [optimizer, plain] = [sing(make(), {normalize: 'std'}), make()];
      for (let step = 0; step < 10; step++) {
        optimizer.minimize(ours.loss, false, ours.variables);
        tf.tidy(() => {
          const {grads} = tf.variableGrads(byHand.loss, byHand.variables);
          plain.applyGradients(byHand.variables.map(({name}) => ({name, tensor: singTransform(grads[name]!, {normalize: 'std'})})));
        });
      }
      expect(worst(valuesOf(ours.variables), valuesOf(byHand.variables))).toBeLessThan(2e-5);
      tf.dispose([ours.variables, byHand.variables]);
    });

    it('holds tensors and bytes over 1,000 steps', () => {
      const w = tf.tidy(() => tf.variable(numbersOf([3, 2], 1)));
      const optimizer = sing(make());
      const step = (): void => void tf.tidy(() => optimizer.applyGradients([{name: w.name, tensor: numbersOf([3, 2], 7)}]));
      step();
      const {numTensors, numBytes} = tf.memory();
      for (let count = 0; count < 1000; count++) step();
      expect(tf.memory()).toMatchObject({numTensors, numBytes});
      optimizer.dispose();
      w.dispose();
    });
  });

  // TensorFlow.js has not written getWeights of Adamax.
  describe.each(trainers.filter(([name]) => name !== 'adamax'))('sing(%s)', (_name, make) => {
    it('gives its weights to another that goes on the same', async () => {
      const [first, second] = [perceptron(), perceptron()];
      const [optimizer, other] = [sing(make()), sing(make())];
      for (let step = 0; step < 5; step++) optimizer.minimize(first.loss, false, first.variables);
      second.variables.forEach((variable, index) => variable.assign(first.variables[index]!.clone()));
      await other.setWeights((await optimizer.getWeights()).map(({name, tensor}) => ({name, tensor: tensor.clone()})));
      for (let step = 0; step < 5; step++) {
        optimizer.minimize(first.loss, false, first.variables);
        other.minimize(second.loss, false, second.variables);
      }
      expect(worst(valuesOf(second.variables), valuesOf(first.variables))).toBeLessThan(2e-5);
      tf.dispose([first.variables, second.variables]);
    });
  });

  describe('what others hold', () => {
    it('clones never change, of weights as of an optimizer’s memory', async () => {
      for (const optimizer of [sing(tf.train.adam(0.1)), new SingOptimizer({learningRate: 0.1})]) {
        const {variables, loss} = perceptron();
        const step = (): void => void optimizer.minimize(loss, false, variables);
        step();
        const clones = variables.map((variable) => variable.clone());
        const memory = (await optimizer.getWeights()).map(({tensor}) => tensor.clone());
        const before = [valuesOf(clones), valuesOf(memory)];
        for (let count = 0; count < 7; count++) step();
        expect([valuesOf(clones), valuesOf(memory)]).toEqual(before);
        expect(valuesOf(variables)).not.toEqual(before[0]);
        optimizer.dispose();
        tf.dispose([variables, clones, memory]);
      }
    });

    it('two optimizers on one variable each keep their own memory', () => {
      const build = (): {w: tf.Variable; step: (optimizer: tf.Optimizer, seed: number) => void} => {
        const w = tf.tidy(() => tf.variable(numbersOf([4, 3], 1)));
        return {w, step: (optimizer, seed) => void tf.tidy(() => optimizer.applyGradients([{name: w.name, tensor: numbersOf([4, 3], seed)}]))};
      };
      const [ours, theirs] = [build(), build()];
      const pair = (wrap: (optimizer: tf.Optimizer) => tf.Optimizer): tf.Optimizer[] => [wrap(tf.train.adam(0.01)), wrap(tf.train.momentum(0.01, 0.9))];
      const [kernels, plain] = [pair((optimizer) => sing(optimizer, without)), pair((optimizer) => optimizer)];
      for (let step = 0; step < 20; step++) {
        ours.step(kernels[step % 2]!, step);
        theirs.step(plain[step % 2]!, step);
      }
      expect(worst(valuesOf([ours.w]), valuesOf([theirs.w]))).toBeLessThan(2e-5);
      tf.dispose([ours.w, theirs.w]);
    });

    it('an assignment from outside counts, and a variable disposed between is forgotten', () => {
      const optimizer = sing(tf.train.adam(0.1), without);
      const step = (w: tf.Variable): void => void tf.tidy(() => optimizer.applyGradients([{name: w.name, tensor: tf.onesLike(w)}]));
      const first = tf.tidy(() => tf.variable(tf.zeros([2, 2]), true, 'reused'));
      step(first);
      tf.tidy(() => first.assign(tf.fill([2, 2], 5)));
      step(first);
      expect(first.dataSync()[0]).toBeCloseTo(4.9, 3);
      first.dispose();
      const second = tf.tidy(() => tf.variable(tf.zeros([3]), true, 'reused'));
      step(second);
      expect(second.shape).toEqual([3]);
      expect(second.dataSync()[0]).toBeLessThan(0);
      optimizer.dispose();
      second.dispose();
    });
  });

  describe('skipNonFinite', () => {
    it.each([
      ['adam', () => sing(tf.train.adam(0.1), {skipNonFinite: true})],
      ['rmsprop', () => sing(tf.train.rmsprop(0.1), {skipNonFinite: true})],
      ['SingOptimizer', () => new SingOptimizer({learningRate: 0.1, skipNonFinite: true, lookahead: {steps: 2}} as never)],
    ] as const)('%s: leaves the step out whole, and counts it', (_name, make) => {
      const run = (bad: boolean): number[][] => {
        const optimizer = make();
        const [w, b] = [tf.tidy(() => tf.variable(numbersOf([3, 2], 1))), tf.tidy(() => tf.variable(numbersOf([2], 2)))];
        const step = (values: number): void => void tf.tidy(() => optimizer.applyGradients([{name: w.name, tensor: numbersOf([3, 2], 3)}, {name: b.name, tensor: tf.tensor1d([1, values])}]));
        for (const values of [2, ...(bad ? [NaN, Infinity, -Infinity] : []), 3, 4]) step(values);
        expect([optimizer.skippedSteps, optimizer.iterations]).toEqual([bad ? 3 : 0, 3]);
        const end = valuesOf([w, b]);
        optimizer.dispose();
        tf.dispose([w, b]);
        return end;
      };
      expect(run(true)).toEqual(run(false));
    });

    it('is off by default: one NaN spoils its own parameter only', () => {
      const optimizer = sing(tf.train.adam(0.1));
      const [w, b] = [tf.variable(tf.zeros([2])), tf.variable(tf.zeros([2]))];
      tf.tidy(() => optimizer.applyGradients([{name: w.name, tensor: tf.tensor1d([NaN, 1])}, {name: b.name, tensor: tf.tensor1d([1, 1])}]));
      expect(Array.from(w.dataSync())).toEqual([NaN, NaN]);
      expect(Array.from(b.dataSync()).every(Number.isFinite)).toBe(true);
      expect(optimizer.skippedSteps).toBe(0);
      tf.dispose([w, b]);
    });
  });

  it("normalize: 'std' is the gradient less its means over its own standard deviation, by a float64 reference", async () => {
    const shape = [7, 3];
    const gradient = Array.from(tf.tidy(() => numbersOf(shape, 11, 5).dataSync()));
    const means = [0, 1, 2].map((column) => gradient.filter((_, i) => i % 3 === column).reduce((sum, value) => sum + value, 0) / 7);
    const centralized = gradient.map((value, i) => value - means[i % 3]!);
    const deviation = Math.sqrt(centralized.reduce((sum, value) => sum + value * value, 0) / centralized.length);
    const want = [centralized.map((value) => value / (deviation + 1e-8))];
    const moved = async (optimizer: tf.Optimizer, read: (w: tf.Variable) => Promise<tf.Tensor>): Promise<void> => {
      const w = tf.tidy(() => tf.variable(tf.zeros(shape)));
      tf.tidy(() => optimizer.applyGradients([{name: w.name, tensor: tf.tensor(gradient, shape)}]));
      expect(worst(valuesOf([await read(w)]), want)).toBeLessThan(2e-6);
      w.dispose();
    };
    await moved(sing(tf.train.sgd(1), {normalize: 'std'}), async (w) => tf.neg(w));
    // Without decay of the first moment it is the gradient as the rule got it.
    const full = new SingOptimizer({normalize: 'std', beta1: 0});
    await moved(full, async () => (await full.getWeights())[1]!.tensor);
  });

  it('a subclass of a stock optimizer keeps its own update', () => {
    class Still extends tf.AdamOptimizer {
      override applyGradients(): void {
        this.incrementIterations();
      }
    }
    const w = tf.tidy(() => tf.variable(tf.ones([2])));
    const optimizer = sing(new Still(0.1, 0.9, 0.999));
    tf.tidy(() => optimizer.applyGradients([{name: w.name, tensor: tf.ones([2])}]));
    expect([Array.from(w.dataSync()), optimizer.iterations]).toEqual([[1, 1], 1]);
    w.dispose();
  });

  it('elements whose squares overflow a float32 are normalized all the same', () => {
    for (const optimizer of [sing(tf.train.sgd(1), {centralize: false}), new SingOptimizer({learningRate: 1, centralize: false, softplus: false, lookahead: false, beta1: 0})]) {
      const w = tf.tidy(() => tf.variable(tf.zeros([2])));
      tf.tidy(() => optimizer.applyGradients([{name: w.name, tensor: tf.tensor1d([3e30, 4e30])}]));
      const want = optimizer instanceof SingOptimizer && optimizer.getClassName() === 'SingOptimizer' ? [-1, -1] : [-0.6, -0.8];
      want.forEach((value, index) => expect(w.dataSync()[index]).toBeCloseTo(value, 4));
      w.dispose();
    }
  });
}
