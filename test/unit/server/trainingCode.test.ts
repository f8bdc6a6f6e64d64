import {describe, expect, test} from 'vitest';
import {callExpression} from '../../../src/server/callExpression';
import {codeTokens} from '../../../src/server/codeTokens';
import {trainingCode} from '../../../src/server/trainingCode';

const words = (text: string): string[] => codeTokens(text).filter(({kind}) => kind === 'word').map(({text: word}) => word);
const certain = (text: string): string[] => trainingCode(codeTokens(text)).calls.filter(({isCertain}) => isCertain).map(({call}) => call);

describe('codeTokens', () => {
  test.each([
    ['a; // b\nc', ['a', 'c']],
    ['a /* b\n c */ d', ['a', 'd']],
    ['a = "b \\" c"; d', ['a', 'd']],
    ['a = \'it\\\'s\'; d', ['a', 'd']],
    ['`a ${b} c ${`${d}`} e` + f', ['b', 'd', 'f']],
    ['`${ {x: {y}} } z` + w', ['x', 'y', 'w']],
    ['x = /a"b\'`[/c]/g; y', ['x', 'y']],
    ['x = a / b / c', ['x', 'a', 'b', 'c']],
    ['return /`/.test(s)', ['return', 'test', 's']],
    ['f(/\\//, g)', ['f', 'g']],
    ['#!/usr/bin/env node\na', ['a']],
    ['a = "not closed\nb', ['a', 'b']],
    ['a = `not closed b\nc', ['a', 'c']],
    ['a /* not closed b\nc', ['a', 'c']],
    ['重み = 値', ['重み', '値']],
    ['this.#secret', ['this', '#secret']],
    ['"a\\\r\nb"; c', ['c']],
  ])('%j', (text, expected) => { expect(words(text)).toEqual(expected); });

  test('covers a text of any bytes without an end to wait for', () => {
    let state = 1;
    const alphabet = '`\'"/*${}()[]\\\n\r a.1=é漢';
    for (let round = 0; round < 500; round++) {
      let text = '';
      for (let i = 0; i < 60; i++) {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0;
        text += alphabet[Math.floor((state / 2 ** 32) * alphabet.length)];
      }
      const tokens = codeTokens(text);
      tokens.forEach(({start, end}, at) => {
        expect(end).toBeGreaterThanOrEqual(start);
        expect(start).toBeGreaterThanOrEqual(tokens[at - 1]?.end ?? 0);
      });
    }
  });
});

describe('trainingCode', () => {
  test.each([
    ['model.fit(xs, ys, {epochs: 3})', ['fit']],
    ['await this.model.fit(xs, ys)', ['fit']],
    ['(model as tf.Sequential).fit(xs, ys)', ['fit']],
    ['model!.fit(xs, ys)', ['fit']],
    ['model?.fit(xs, ys)', ['fit']],
    ['const m = tf.sequential(); m.fit(a, b)', ['fit']],
    ['const m = await tf.loadLayersModel(url); m.fit(a, b)', ['fit']],
    ['const m = new tf.Sequential(); m.fit(a, b)', ['fit']],
    ['q.fit(x, y, {batchSize: 4})', ['fit']],
    ['net.fitDataset(data, {epochs})', ['fitDataset']],
    ['net.trainOnBatch(x, y)', ['trainOnBatch']],
    ['optimizer.minimize(() => loss(x))', ['minimize']],
    ['tf.train.adam(0.1).minimize(() => f())', ['minimize']],
    ['optimizer.applyGradients(grads)', ['applyGradients']],
    ['`${await model.fit(a, b)}`', ['fit']],
    ['model.fit(xs, ys, {\n  epochs: 3,\n  callbacks: {onEpochEnd', ['fit']],
    ['scaler.fit(data)', []],
    ['const s = new StandardScaler(); s.fit(a, b, c)', []],
    ['const model = new KNN(); model.fit(a, b)', []],
    ['window.minimize()', []],
    ['fit(model, data, {epochs: 3})', []],
    ['// model.fit(xs, ys, {epochs: 3})', []],
    ['"model.fit(xs, ys)"', []],
    ['/model.fit(a, b)/.test(x)', []],
    ['class A { fit(xs, ys) {} }', []],
    ['terminal.fit(a, b)', []],
  ])('%j', (text, expected) => { expect(certain(text)).toEqual(expected); });

  test.each([
    ['const tf = require(\'@tensorflow/tfjs-node\')', true],
    ['import * as tf from "@tensorflow/tfjs"', true],
    ['import "@tensorflow/tfjs-backend-cpu"', true],
    ['const tf = await import(\'@tensorflow/tfjs-node-gpu\')', true],
    ['import {layers} from \'@tensorflow/tfjs-layers/dist/index\'', true],
    ['// require("@tensorflow/tfjs")', false],
    ['const name = "@tensorflow/tfjs"', false],
    ['import x from "@tensorflow-models/mobilenet"', false],
    ['require("@tensorflow/tfjs-vis")', true],
  ])('imports: %j', (text, expected) => { expect(trainingCode(codeTokens(text)).importsTfjs).toBe(expected); });
});

describe('callExpression', () => {
  test.each([
    ['model.add(tf.layers.dense({units: 3}));', 'dense', 'tf.layers.dense({units: 3})'],
    ['model.add(tf.layers.dense({units: 3}));', 'tf', 'tf.layers.dense({units: 3})'],
    ['const l = new my.Layer({a: [1, 2]}, ")"), b', 'new', 'new my.Layer({a: [1, 2]}, ")")'],
    ['const w = tf.variable(x)', 'variable', 'tf.variable(x)'],
    ['dense({units: 3', 'dense', 'dense'],
  ])('%j at %s', (text, at, expected) => {
    const found = callExpression(codeTokens(text), text.indexOf(at));
    expect(found === null ? null : text.slice(found.start, found.end)).toBe(expected);
  });
});
