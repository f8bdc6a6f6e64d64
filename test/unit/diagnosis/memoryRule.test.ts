import {describe, expect, test} from 'vitest';
import {Detector} from '../../../src/diagnosis/detector';
import type {Finding} from '../../../src/protocol/finding';
import {denseParameters, noise, stepOf} from './observations';

const MIB = 2 ** 20;

interface Memory {
  tensors?: number;
  bytes?: number;
  heap?: number;
  rss?: number;
}

function judge(steps: number, memoryAt: (step: number) => Memory): Finding[] {
  const detector = new Detector();
  const parameters = denseParameters(2);
  for (const parameter of parameters) detector.addParameter(parameter);
  const draw = noise(0.2);
  return Array.from({length: steps}, (_, at) => {
    const {tensors = 40, bytes = 4 * MIB, heap = 30 * MIB, rss = 200 * MIB} = memoryAt(at + 1);
    return detector.observe({...stepOf(at + 1, parameters.map(() => draw()), Math.exp(-at / 200)), tensors, bytes, heap, rss: rss + bytes + heap});
  }).flat();
}

/** Grows by `each` a step and is collected every `every` steps, down to what is kept. */
const collected = (step: number, every: number, garbage: number, each: number): number => 30 * MIB + each * step + garbage * (step % every);

describe('memory that grows', () => {
  test('a heap, said once, with its onset', () => {
    const found = judge(2000, (step) => ({heap: collected(step, 17, 0.5 * MIB, MIB)}));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({rule: 'memory', severity: 'warning', layer: null, parameter: null, site: null});
    expect(found[0]?.onsetStep).toBeLessThan(60);
    expect(found[0]?.step).toBeLessThanOrEqual(750);
    expect(found[0]?.message).toMatch(/heap grows.*about 10\d\d KiB more a step/);
  });

  test('a heap that is collected more seldom than the first blocks are long', () => {
    expect(judge(20_000, (step) => ({heap: collected(step, 170, 0.4 * MIB, 0.05 * MIB)}))).toHaveLength(1);
  });

  test('from the middle of the run on', () => {
    const [found] = judge(3000, (step) => ({heap: 30 * MIB + MIB * Math.max(0, step - 1200)}));
    expect(found?.onsetStep).toBeGreaterThan(1100);
    expect(found?.onsetStep).toBeLessThanOrEqual(1210);
  });

  test('larger tensors, though no more of them; more of them are another finding', () => {
    const bytes = (step: number): number => 4 * MIB + 0.1 * MIB * step;
    expect(judge(1000, (step) => ({bytes: bytes(step)}))).toMatchObject([{rule: 'memory', message: expect.stringMatching(/become larger/) as string}]);
    const both = judge(1000, (step) => ({bytes: bytes(step), tensors: 40 + 2 * step}));
    expect(both.map(({message}) => message)).toEqual([expect.stringMatching(/Tensors are not given back/)]);
  });

  test('the rest of the process', () => {
    expect(judge(1500, (step) => ({rss: 200 * MIB + 0.8 * MIB * step}))).toMatchObject([{message: expect.stringMatching(/outside of tensors/) as string}]);
  });
});

describe('memory that does not matter', () => {
  test.each<[string, (step: number) => Memory]>([
    ['stands still', () => ({})],
    ['is collected in the end', (step) => ({heap: collected(step, 1500, 0.4 * MIB, 0)})],
    ['grows at the beginning', (step) => ({heap: 30 * MIB + 2 * MIB * Math.min(step, 400), rss: 200 * MIB + 2 * MIB * Math.min(step, 400)})],
    ['grows by little', (step) => ({heap: 30 * MIB + 0.02 * MIB * step, rss: 200 * MIB + 0.1 * MIB * step, bytes: 4 * MIB + 0.01 * MIB * step})],
    ['grows in bursts', (step) => ({rss: 200 * MIB + 600 * MIB * Math.floor(step / 700)})],
  ])('%s', (_what, memoryAt) => {
    expect(judge(2000, memoryAt)).toEqual([]);
  });
});
