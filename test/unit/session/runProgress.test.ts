import {describe, expect, it} from 'vitest';
import {RunProgress} from '../../../src/session/runProgress';
import type {RunReader} from '../../../src/runs/runReader';

/** A reader with these rows and events: what `RunProgress` asks of it, no more. */
function readerOf(rows: {step: number; time: number; loss: number}[], {maxSteps = null, plan = null, findings = []}: {maxSteps?: number | null; plan?: number | null; findings?: object[]} = {}): RunReader {
  return {
    id: 'r', launch: {maxSteps}, findings,
    steps: {column: (name: 'step' | 'time' | 'loss') => Float64Array.from(rows, (row) => row[name])},
    lastEvent: () => (plan === null ? null : {totalSteps: plan}),
    events: () => [],
    refresh: () => true,
  } as unknown as RunReader;
}

const steady = Array.from({length: 101}, (_, i) => ({step: i + 1, time: i * 200, loss: 1 / (i + 1)}));

describe('RunProgress', () => {
  it('takes the speed of the latest ten seconds', () => {
    const slowThenFast = [{step: 1, time: 0, loss: 1}, {step: 2, time: 100_000, loss: 1}, ...steady.map(({step, time, loss}) => ({step: step + 2, time: time + 100_100, loss}))];
    const {stepsPerSecond} = new RunProgress(readerOf(slowThenFast)).state;
    expect(stepsPerSecond).toBeCloseTo(5, 10);
  });

  it('knows the time left from the plan of fit or the limit, whichever comes first', () => {
    expect(new RunProgress(readerOf(steady)).state).toMatchObject({step: 101, total: null, secondsLeft: null});
    expect(new RunProgress(readerOf(steady, {plan: 201})).state).toMatchObject({total: 201, secondsLeft: expect.closeTo(20, 8) as number});
    expect(new RunProgress(readerOf(steady, {plan: 201, maxSteps: 151})).state.total).toBe(151);
  });

  it('does not trust a plan that is over: the script has gone on to something else', () => {
    expect(new RunProgress(readerOf(steady, {plan: 50})).state).toMatchObject({total: null, secondsLeft: null});
  });

  it('has nothing to say before the first step', () => {
    expect(new RunProgress(readerOf([], {plan: 10})).state).toEqual({id: 'r', step: 0, total: 10, stepsPerSecond: null, secondsLeft: null, loss: null});
  });

  it('hands out each finding once', () => {
    const findings = [{id: 'a'}];
    const progress = new RunProgress(readerOf(steady, {findings}));
    expect(progress.look().findings).toEqual([{id: 'a'}]);
    expect(progress.look().findings).toEqual([]);
    findings.push({id: 'b'});
    expect(progress.look().findings).toEqual([{id: 'b'}]);
  });
});
