import * as tf from '@tensorflow/tfjs';
import {batchOf, clouds, curve, sequences} from './data';
import {optimizerOf, type Mutation} from './programs';
import {gaussian} from './seededRandom';

/** A recurrent network by hand, unrolled over 25 steps, with clipping. */
export function unrolled(m: Mutation): void {
  const rows = sequences(200, 25, 2);
  const scale = m.units ?? 1;
  const input = tf.variable(tf.randomNormal([2, 12], 0, 0.5));
  const recur = tf.variable(tf.randomNormal([12, 12], 0, (scale * 0.9) / Math.sqrt(12)));
  const bias = tf.variable(tf.zeros([12]));
  const head = tf.variable(tf.randomNormal([12, 1], 0, 0.3));
  const headBias = tf.variable(tf.zeros([1]));
  const optimizer = optimizerOf(m, {optimizer: 'sgd', rate: 0.02});
  const activation = m.activation === 'relu' ? tf.relu : tf.tanh;
  for (let step = 1; step <= (m.steps ?? 100); step++) {
    const batch = batchOf(rows, 16);
    const x = tf.tensor3d(batch.x);
    const y = tf.tensor2d(batch.y.map((row, at) => [(batch.x[at] ?? []).reduce((sum, values) => sum + (values[0] ?? 0), 0) / 5 + 0 * (row[0] ?? 0)]));
    const {grads, value} = optimizer.computeGradients(() => {
      let state: tf.Tensor = tf.zeros([16, 12]);
      for (const at of tf.unstack(x, 1)) state = activation(at.matMul(input).add(state.matMul(recur as tf.Tensor2D)).add(bias));
      return state.matMul(head as tf.Tensor2D).add(headBias).sub(y).square().mean<tf.Scalar>();
    });
    const clip = m.clip ?? 1;
    const norm = Math.sqrt(Object.values(grads).reduce((sum, gradient) => sum + (tf.tidy(() => gradient.square().sum().dataSync())[0] ?? 0), 0));
    const factor = norm > clip ? clip / norm : 1;
    const clipped = Object.fromEntries(Object.entries(grads).map(([name, gradient]) => [name, gradient.mul(factor)]));
    optimizer.applyGradients(clipped);
    tf.dispose([value, grads, clipped, x, y]);
  }
}

export function adversarial(m: Mutation): void {
  const make = (name: string, width: number, outputs: number): tf.Variable[] => [
    tf.variable(tf.randomNormal([width, 12], 0, 0.4)), tf.variable(tf.zeros([12])), tf.variable(tf.randomNormal([12, outputs], 0, 0.4)), tf.variable(tf.zeros([outputs])),
  ].map((variable) => { void name; return variable; });
  const generator = make('generator', 4, 2);
  const discriminator = make('discriminator', 2, 1);
  const apply = ([w1, b1, w2, b2]: tf.Variable[], x: tf.Tensor): tf.Tensor =>
    tf.leakyRelu(x.matMul(w1 as tf.Tensor).add(b1 as tf.Tensor)).matMul(w2 as tf.Tensor).add(b2 as tf.Tensor);
  const optimizerG = optimizerOf(m, {optimizer: 'adam', rate: 0.004});
  const optimizerD = optimizerOf(m, {optimizer: 'adam', rate: 0.004});
  const entropy = (logits: tf.Tensor, label: number): tf.Scalar => tf.losses.sigmoidCrossEntropy(tf.fill(logits.shape, label), logits);
  for (let step = 0; step < (m.steps ?? 150); step++) {
    const real = tf.tensor2d([...Array(32).keys()].map(() => { const a = 6.28 * Math.random(); return [2 * Math.cos(a) + 0.1 * gaussian(), 2 * Math.sin(a) + 0.1 * gaussian()]; }));
    const noise = tf.randomNormal([32, 4]);
    optimizerD.minimize(() => entropy(apply(discriminator, real), 1).add(entropy(apply(discriminator, apply(generator, noise)), 0)), false, discriminator);
    optimizerG.minimize(() => entropy(apply(discriminator, apply(generator, noise)), 1), false, generator);
    tf.dispose([real, noise]);
  }
}

/** REINFORCE on a walk of eight places with the sum of rewards as return. */
export function policyGradient(m: Mutation): void {
  const w1 = tf.variable(tf.randomNormal([8, 16], 0, 0.3));
  const b1 = tf.variable(tf.zeros([16]));
  const w2 = tf.variable(tf.randomNormal([16, 2], 0, 0.3));
  const b2 = tf.variable(tf.zeros([2]));
  const optimizer = optimizerOf(m, {optimizer: 'adam', rate: 0.01});
  const policy = (x: tf.Tensor): tf.Tensor => tf.relu(x.matMul(w1 as tf.Tensor).add(b1)).matMul(w2 as tf.Tensor).add(b2);
  for (let episode = 0; episode < (m.steps ?? 150); episode++) {
    const states: number[] = [];
    const actions: number[] = [];
    const rewards: number[] = [];
    let place = 3;
    for (let t = 0; t < 20; t++) {
      const probability = tf.tidy(() => tf.softmax(policy(tf.oneHot(tf.tensor1d([place], 'int32'), 8).toFloat())).dataSync()[1] ?? 0.5);
      const action = Math.random() < probability ? 1 : 0;
      states.push(place);
      actions.push(action);
      place = Math.min(7, Math.max(0, place + (action === 1 ? 1 : -1)));
      rewards.push(place === 7 ? 10 : place === 0 ? -1 : 0);
      if (place === 7) break;
    }
    let sum = 0;
    const returns = rewards.reverse().map((reward) => (sum = reward + 0.95 * sum)).reverse();
    optimizer.minimize(() => {
      const logits = policy(tf.oneHot(tf.tensor1d(states, 'int32'), 8).toFloat());
      const chosen = tf.logSoftmax(logits).mul(tf.oneHot(tf.tensor1d(actions, 'int32'), 2)).sum(1);
      return chosen.mul(tf.tensor1d(returns)).mean<tf.Scalar>().neg();
    });
  }
}

/** Two hidden layers of bare variables; gradients of four batches are added before each update. */
export function accumulated(m: Mutation): void {
  const rows = curve(300, 5);
  const w1 = tf.variable(tf.randomNormal([5, 16], 0, 0.5));
  const b1 = tf.variable(tf.zeros([16]));
  const w2 = tf.variable(tf.randomNormal([16, 1], 0, 0.3));
  const b2 = tf.variable(tf.zeros([1]));
  const optimizer = optimizerOf(m, {optimizer: 'sgd', rate: 0.02});
  for (let step = 0; step < (m.steps ?? 100); step++) {
    const sums: Record<string, tf.Tensor> = {};
    for (let part = 0; part < 4; part++) {
      const batch = batchOf(rows, 8);
      const {value, grads} = optimizer.computeGradients(() => {
        const guess = tf.tanh(tf.tensor2d(batch.x).matMul(w1 as tf.Tensor).add(b1)).matMul(w2 as tf.Tensor).add(b2);
        return guess.sub(tf.tensor2d(batch.y)).square().mean<tf.Scalar>();
      });
      for (const [name, gradient] of Object.entries(grads)) {
        const before = sums[name];
        sums[name] = before === undefined ? gradient : before.add(gradient);
        if (before !== undefined) tf.dispose([before, gradient]);
      }
      value.dispose();
    }
    optimizer.applyGradients(sums);
    tf.dispose(sums);
  }
}

/** Variational autoencoder with a sampling step of its own. */
export function variational(m: Mutation): void {
  const rows = clouds(300, 10, 3);
  const weight = (a: number, b: number): tf.Variable => tf.variable(tf.randomNormal([a, b], 0, Math.sqrt(2 / (a + b))));
  const zero = (a: number): tf.Variable => tf.variable(tf.zeros([a]));
  const [w1, b1, wm, bm, ws, bs, w2, b2, w3, b3] = [weight(10, 12), zero(12), weight(12, 2), zero(2), weight(12, 2), zero(2), weight(2, 12), zero(12), weight(12, 10), zero(10)];
  const optimizer = optimizerOf(m, {optimizer: 'adam', rate: 0.005});
  for (let step = 0; step < (m.steps ?? 150); step++) {
    const batch = batchOf(rows, 32);
    optimizer.minimize(() => {
      const x = tf.tensor2d(batch.x);
      const hidden = tf.relu(x.matMul(w1 as tf.Tensor).add(b1 as tf.Tensor));
      const mean = hidden.matMul(wm as tf.Tensor).add(bm as tf.Tensor);
      const spread = hidden.matMul(ws as tf.Tensor).add(bs as tf.Tensor);
      const code = mean.add(tf.exp(spread.mul(0.5)).mul(tf.randomNormal(mean.shape)));
      const guess = tf.relu(code.matMul(w2 as tf.Tensor).add(b2 as tf.Tensor)).matMul(w3 as tf.Tensor).add(b3 as tf.Tensor);
      const rebuilt = guess.sub(x).square().sum(1).mean();
      const divergence = spread.add(1).sub(mean.square()).sub(tf.exp(spread)).sum(1).mean().mul(-0.5 * Math.min(1, step / 80));
      return rebuilt.add(divergence) as tf.Scalar;
    });
  }
}
