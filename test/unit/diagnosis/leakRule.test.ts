import {expect, test} from 'vitest';
import {parse} from 'valibot';
import {Detector} from '../../../src/diagnosis/detector';
import type {TensorTrace} from '../../../src/diagnosis/observation';
import {findingSchema, type Finding} from '../../../src/protocol/finding';
import {stringifyJson} from '../../../src/protocol/numbers';
import {denseParameters, noise, stepOf} from './observations';

/** What is said of a quiet training with these tensors after each step, besides `values` kept at the end of each epoch. */
function judge(tensors: number[], {thread = () => 0, epochOf, bytesEach = 2 ** 20, trace}: {bytesEach?: number; trace?: TensorTrace & {thread: number}; thread?: (step: number) => number; epochOf?: (step: number) => {epoch: number; values: number} | null} = {}): Finding[] {
  const detector = new Detector();
  const parameters = denseParameters(2);
  for (const parameter of parameters) detector.addParameter(parameter);
  const draw = noise(0.2);
  const findings = tensors.flatMap((count, at) => {
    const found = detector.observe({...stepOf(at + 1, parameters.map(() => draw()), Math.exp(-at / 200)), tensors: count, bytes: count * bytesEach, thread: thread(at + 1)});
    if (trace?.step === at + 1) detector.addTrace(trace);
    const epoch = epochOf?.(at + 1) ?? null;
    if (epoch !== null) detector.endEpoch(epoch.epoch, epoch.values);
    return found;
  });
  return [...findings, ...detector.finish(tensors.length)];
}

const counts = (steps: number, at: (step: number) => number): number[] => Array.from({length: steps}, (_, index) => at(index + 1));

test('four tensors a step are a leak, said once, within 100 steps', () => {
  const findings = judge(counts(500, (step) => 40 + 4 * step));
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({rule: 'leak', severity: 'warning', onsetStep: 2, step: 80, layer: null, parameter: null, site: null, value: 360, baseline: 44});
  expect(findings[0]?.message).toMatch(/about 4 more a step/);
  expect(() => parse(findingSchema, JSON.parse(stringifyJson(findings[0])))).not.toThrow();
});

test('small tensors must be many before they matter', () => {
  const small = {bytesEach: 64};
  expect(judge(counts(240, (step) => 40 + 4 * step), small)).toEqual([]);
  expect(judge(counts(500, (step) => 40 + 4 * step), small)).toMatchObject([{rule: 'leak', onsetStep: 2, step: 260}]);
});

test('where the worker has found what is left, small tensors are enough, and the line is named', () => {
  const site = {file: '/home/me/train.js', line: 14, column: 5};
  const places = [{site, by: 'variableGrads', tensors: 16}, {site: {...site, line: 12}, by: null, tensors: 4}];
  const trace = {thread: 0, step: 46, steps: 4, places};
  const found = judge(counts(100, (step) => 40 + 5 * step), {bytesEach: 64, trace});
  expect(found).toMatchObject([{rule: 'leak', onsetStep: 2, step: 80, site}]);
  expect(found[0]?.message).toContain('Each step leaves 4 from variableGrads at train.js:14 and 1 at train.js:12.');
  // What the worker has found outweighs what fit may keep, and nothing is said of another thread, or before it is steady.
  expect(judge(counts(100, (step) => 40 + step), {bytesEach: 64, trace, epochOf: (step) => ({epoch: step - 1, values: 2})})).toHaveLength(1);
  expect(judge(counts(100, (step) => 40 + step), {bytesEach: 64, trace: {...trace, thread: 1}})).toEqual([]);
  expect(judge(counts(300, (step) => 40 + Math.min(step, 60)), {bytesEach: 64, trace})).toEqual([]);
});

test('one that starts late has its onset there', () => {
  const findings = judge(counts(300, (step) => 50 + 2 * Math.max(0, step - 133)));
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({rule: 'leak', onsetStep: 134, baseline: 50});
  expect(findings[0]?.step).toBeLessThanOrEqual(134 + 80);
});

test('one tensor in every other step, and temporary tensors beside the leak', () => {
  expect(judge(counts(100, (step) => 40 + Math.floor(step / 2)))).toHaveLength(1);
  expect(judge(counts(100, (step) => 40 + 3 * step + (step % 4 === 0 ? 20 : 0)))).toHaveLength(1);
});

test('each thread has its own count and its own finding', () => {
  const two = {thread: (step: number) => step % 2};
  expect(judge(counts(400, (step) => (step % 2 === 0 ? 40 : 40 + step)), two)).toHaveLength(1);
  expect(judge(counts(400, (step) => 40 + step), two)).toHaveLength(2);
});

test.each<[string, number[]]>([
  ['a constant count', counts(500, () => 40)],
  ['slots made at the first steps', counts(500, (step) => 40 + 12 * Math.min(step, 6))],
  ['one tensor in ten steps', counts(1000, (step) => 40 + Math.floor(step / 10))],
  ['a second model in mid run', counts(500, (step) => 40 + (step > 100 ? 30 : 0) + (step > 101 ? 20 : 0))],
  ['models of ten steps, one after another', counts(500, (step) => 40 + 30 * Math.floor(step / 10))],
  ['models of five steps, each with slots at its first', counts(500, (step) => 40 + 16 * Math.floor(step / 5) + 8 * Math.floor((step + 4) / 5))],
  ['given back every 30 steps', counts(1000, (step) => 40 + 3 * (step % 30))],
  ['given back every 75 steps', counts(1000, (step) => 40 + (step % 75))],
  ['up and down', counts(1000, (step) => 40 + Math.round(15 * Math.sin(step / 3) + 10 * Math.sin(step / 17)))],
  ['a buffer that fills in 60 steps', counts(1000, (step) => 40 + 5 * Math.min(step, 60))],
])('%s is no leak', (_name, tensors) => {
  expect(judge(tensors)).toEqual([]);
});

test('what fit keeps of its epochs is no leak, even where an epoch is one step', () => {
  const fits = (leaked: number): number[] => counts(600, (step) => 40 + 4 * ((step - 1) % 200) + leaked * step);
  const epochOf = (step: number): {epoch: number; values: number} => ({epoch: (step - 1) % 200, values: 4});
  expect(judge(fits(0), {epochOf})).toEqual([]);
  expect(judge(fits(2), {epochOf})).toMatchObject([{rule: 'leak', step: 80}]);
});

test('batches left behind by fits of one step each are a leak', () => {
  expect(judge(counts(100, (step) => 40 + 2 * step), {epochOf: () => ({epoch: 0, values: 2})})).toHaveLength(1);
});
