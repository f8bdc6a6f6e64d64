import * as tf from '@tensorflow/tfjs';
import {expect, test} from 'vitest';
import {LossRecords} from '../../../src/worker/lossRecords';
import type {TfTensor} from '../../../src/worker/tfjsTypes';

const recorded = (records: LossRecords, value: number): tf.Tensor => {
  const loss = tf.scalar(value);
  records.add(loss as unknown as TfTensor, ['w']);
  return loss;
};

test('a loss is read before the step, or when the script disposes of it', () => {
  const records = new LossRecords();
  const loss = recorded(records, 2);
  expect(records.take(['w'])).toBe(2);
  loss.dispose();
  recorded(records, 3).dispose();
  expect(records.take(['w'])).toBe(3);
  tf.tidy(() => { recorded(records, 4); });
  expect(records.take(['w', 'b'])).toBe(4);
});

test('accumulated losses are averaged, those of other variables left', () => {
  const records = new LossRecords();
  recorded(records, 1);
  recorded(records, 3);
  expect(records.take(['other'])).toBeNull();
  expect(records.take(['w'])).toBe(2);
  expect(records.take(['w'])).toBeNull();
});

test('a loss whose data is gone is unknown, not NaN', () => {
  const records = new LossRecords();
  const loss = recorded(records, 5);
  (tf.engine() as unknown as {disposeTensor(tensor: tf.Tensor): void}).disposeTensor(loss);
  expect(records.take(['w'])).toBeNull();
});
