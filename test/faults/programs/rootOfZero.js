// The root of a ReLU: its derivative at 0 is infinite.
const tf = require('@tensorflow/tfjs');

class Root extends tf.layers.Layer {
  static get className() { return 'Root'; }
  build(shape) {
    this.kernel = this.addWeight('kernel', [shape[shape.length - 1], 8], 'float32', tf.initializers.glorotNormal({}));
    this.built = true;
  }
  computeOutputShape(shape) { return [shape[0], 8]; }
  call(inputs) {
    return tf.tidy(() => tf.sqrt(tf.relu(tf.matMul(Array.isArray(inputs) ? inputs[0] : inputs, this.kernel.read()))));
  }
}

const x = tf.randomNormal([100, 6]);
const y = x.slice([0, 0], [-1, 1]);
const model = tf.sequential();
model.add(tf.layers.dense({units: 8, activation: 'tanh', inputShape: [6]}));
model.add(new Root({})); // culprit
model.add(tf.layers.dense({units: 8, activation: 'relu'}));
model.add(tf.layers.dense({units: 1}));
model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
model.fit(x, y, {epochs: 5, batchSize: 10, verbose: 0});
