import * as tf from '@tensorflow/tfjs';
import {describe, expect, it} from 'vitest';
import {centralizedAxes, checkKind, kindFromLayer, kindFromShape, meansOneElement} from '../../../src/sing/kind';

/** [kind, name within the layer] of the trainable weights of a real layer. */
function kindsOf(layer: tf.layers.Layer, inputShape: number[]): Record<string, string> {
  layer.build([null, ...inputShape]);
  return Object.fromEntries(
    layer.trainableWeights.map((weight) => {
      const kind = kindFromLayer(layer.getClassName(), weight.name, weight.shape as number[]);
      // A library user has the variable's name only; it must tell the same, but for transposes, whose axes are those of conv2d.
      const byName = kindFromLayer(undefined, weight.name, weight.shape as number[]);
      expect(centralizedAxes(byName, weight.shape as number[])).toEqual(centralizedAxes(kind, weight.shape as number[]));
      return [weight.originalName.split('/').pop()!, kind];
    }),
  );
}

describe('kinds of real layers', () => {
  const cases: [string, () => tf.layers.Layer, number[], Record<string, string>][] = [
    ['dense', () => tf.layers.dense({units: 3}), [4], {kernel: 'dense', bias: 'vector'}],
    ['conv1d', () => tf.layers.conv1d({filters: 3, kernelSize: 2}), [5, 4], {kernel: 'conv1d', bias: 'vector'}],
    ['conv2d', () => tf.layers.conv2d({filters: 3, kernelSize: 2}), [5, 5, 4], {kernel: 'conv2d', bias: 'vector'}],
    ['conv3d', () => tf.layers.conv3d({filters: 3, kernelSize: 2}), [5, 5, 5, 4], {kernel: 'conv3d', bias: 'vector'}],
    ['conv2dTranspose', () => tf.layers.conv2dTranspose({filters: 3, kernelSize: 2}), [5, 5, 4], {kernel: 'conv2d_transpose', bias: 'vector'}],
    ['conv3dTranspose', () => tf.layers.conv3dTranspose({filters: 3, kernelSize: 2}), [5, 5, 5, 4], {kernel: 'conv3d', bias: 'vector'}],
    ['depthwiseConv2d', () => tf.layers.depthwiseConv2d({kernelSize: 2, depthMultiplier: 2}), [5, 5, 4], {depthwise_kernel: 'depthwise', bias: 'vector'}],
    ['separableConv2d', () => tf.layers.separableConv2d({filters: 3, kernelSize: 2}), [5, 5, 4], {depthwise_kernel: 'depthwise', pointwise_kernel: 'conv2d', bias: 'vector'}],
    ['embedding', () => tf.layers.embedding({inputDim: 7, outputDim: 4}), [3], {embeddings: 'embedding'}],
    ['simpleRNN', () => tf.layers.simpleRNN({units: 3}), [5, 4], {kernel: 'dense', recurrent_kernel: 'dense', bias: 'vector'}],
    ['lstm', () => tf.layers.lstm({units: 3}), [5, 4], {kernel: 'dense', recurrent_kernel: 'dense', bias: 'vector'}],
    ['gru', () => tf.layers.gru({units: 3}), [5, 4], {kernel: 'dense', recurrent_kernel: 'dense', bias: 'vector'}],
    ['convLstm2d', () => tf.layers.convLstm2d({filters: 3, kernelSize: 2}) as tf.layers.Layer, [3, 5, 5, 4], {kernel: 'conv2d', recurrent_kernel: 'conv2d', bias: 'vector'}],
    ['timeDistributed', () => tf.layers.timeDistributed({layer: tf.layers.dense({units: 3})}), [5, 4], {kernel: 'dense', bias: 'vector'}],
    ['layerNormalization', () => tf.layers.layerNormalization(), [4], {gamma: 'vector', beta: 'vector'}],
    ['layerNormalization over two axes', () => tf.layers.layerNormalization({axis: [1, 2]}), [5, 4], {gamma: 'vector', beta: 'vector'}],
    ['bidirectional', () => tf.layers.bidirectional({layer: tf.layers.lstm({units: 3}) as tf.RNN, mergeMode: 'concat'}), [5, 4], {kernel: 'dense', recurrent_kernel: 'dense', bias: 'vector'}],
    ['prelu', () => tf.layers.prelu(), [5, 4], {alpha: 'dense'}],
  ];
  it.each(cases)('%s', (_name, make, inputShape, want) => {
    expect(kindsOf(make(), inputShape)).toEqual(want);
  });

  it('knows an embedding by name under a wrapper, and after a name was made unique', () => {
    expect(kindFromLayer('TimeDistributed', 'words/embeddings', [9, 4])).toBe('embedding');
    expect(kindFromLayer(undefined, 'words/embeddings_2', [9, 4])).toBe('embedding');
    expect(kindFromLayer(undefined, 'words', [9, 4])).toBe('dense');
  });
});

describe('axes', () => {
  it('come from the shape where nothing else tells', () => {
    expect([[], [3], [3, 4], [2, 3, 4], [1, 2, 3, 4], [1, 1, 2, 3, 4], [1, 1, 1, 2, 3, 4]].map(kindFromShape)).toEqual(['vector', 'vector', 'dense', 'conv1d', 'conv2d', 'conv3d', 'conv3d']);
  });

  it('are all but the last, except for depthwise and embedding', () => {
    expect(centralizedAxes('dense', [3, 4])).toEqual([0]);
    expect(centralizedAxes('conv1d', [2, 3, 4])).toEqual([0, 1]);
    expect(centralizedAxes('conv2d', [2, 2, 3, 4])).toEqual([0, 1, 2]);
    expect(centralizedAxes('conv2d_transpose', [2, 2, 3, 4])).toEqual([0, 1, 2]);
    expect(centralizedAxes('conv3d', [2, 2, 2, 3, 4])).toEqual([0, 1, 2, 3]);
    expect(centralizedAxes('depthwise', [2, 2, 3, 4])).toEqual([0, 1]);
    expect(centralizedAxes('embedding', [3, 4])).toEqual([1]);
    expect(centralizedAxes('vector', [3, 4])).toEqual([]);
    expect(centralizedAxes('vector', [3])).toEqual([]);
  });

  it('with one element per mean are told', () => {
    expect(meansOneElement('dense', [1, 4])).toBe(true);
    expect(meansOneElement('dense', [4, 1])).toBe(false);
    expect(meansOneElement('embedding', [4, 1])).toBe(true);
    expect(meansOneElement('embedding', [1, 4])).toBe(false);
    expect(meansOneElement('depthwise', [1, 1, 8, 2])).toBe(true);
    expect(meansOneElement('depthwise', [1, 2, 8, 2])).toBe(false);
    expect(meansOneElement('conv2d', [1, 1, 1, 8])).toBe(true);
    expect(meansOneElement('conv2d', [1, 1, 2, 8])).toBe(false);
    expect(meansOneElement('vector', [1])).toBe(false);
    expect(meansOneElement('vector', [1, 1])).toBe(false);
  });

  it('refuse a kind of another rank, with the mend', () => {
    expect(() => checkKind("kinds['w']", 'conv2d', [3, 4])).toThrow("kinds['w']: 'conv2d' is for rank 4, but the shape is [3, 4]; its shape alone says 'dense'");
    expect(() => checkKind('kind', 'vector', [3, 4])).not.toThrow();
  });
});
