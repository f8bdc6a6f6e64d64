// A layer whose gain is annealed the wrong way: from step 60 on it multiplies by a thousand.
const tf = require('@tensorflow/tfjs');

let step = 0;
class Annealed extends tf.layers.Layer {
  static get className() { return 'Annealed'; }
  build(shape) {
    this.kernel = this.addWeight('kernel', [shape[1], 10], 'float32', tf.initializers.glorotNormal({}));
    this.bias = this.addWeight('bias', [10], 'float32', tf.initializers.zeros());
    this.built = true;
  }
  computeOutputShape(shape) { return [shape[0], 10]; }
  call(inputs) {
    const [x] = Array.isArray(inputs) ? inputs : [inputs];
    return tf.tidy(() => x.matMul(this.kernel.read()).add(this.bias.read()).mul(step < 60 ? 1 : 1000));
  }
}

(async () => {
  const model = tf.sequential();
  model.add(tf.layers.dense({units: 10, activation: 'relu', inputShape: [5]}));
  model.add(new Annealed({})); // culprit
  model.add(tf.layers.dense({units: 10, activation: 'relu'}));
  model.add(tf.layers.dense({units: 1}));
  model.compile({optimizer: tf.train.adam(0.005), loss: 'meanSquaredError'});
  for (step = 1; step <= 80; step++) {
    const x = tf.randomNormal([16, 5]);
    const y = x.slice([0, 0], [-1, 1]);
    await model.trainOnBatch(x, y);
    tf.dispose([x, y]);
  }
})();
