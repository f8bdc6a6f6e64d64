import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {Finding} from '../../../src/protocol/finding';
import {RUN_FORMAT, runFiles} from '../../../src/protocol/runFolder';
import {defaultSingSettings} from '../../../src/protocol/sing';
import {createRunFolder} from '../../../src/runs/runStore';
import {RunProgress} from '../../../src/session/runProgress';
import type {StepRecord} from '../../../src/worker/frames';
import {RunWriter} from '../../../src/worker/runWriter';

const START = 1_790_000_000_000;

let store: string;
beforeEach(() => {
  store = mkdtempSync(join(tmpdir(), 'singscope-test-'));
});
afterEach(() => rmSync(store, {recursive: true}));

function newRun(maxSteps: number | null = null): {dir: string; writer: RunWriter} {
  const dir = createRunFolder(store, {
    format: RUN_FORMAT, id: 'r', parent: null, session: null, trial: null, arm: null, seed: null, script: null, args: [], cwd: store, created: Date.now(),
    sing: defaultSingSettings, lrScale: 1, maxSteps,
  });
  return {dir, writer: new RunWriter(dir)};
}

/** Steps `from` to `to`, 200 ms apart, with the loss 1 / step. */
function writeSteps(writer: RunWriter, from: number, to: number, first = START): void {
  for (let step = from; step <= to; step++) {
    const record = {step, time: first + (step - from) * 200, hasLoss: true, loss: 1 / step, stepMs: 200, learningRate: 0.1, tensors: 1, bytes: 1, optimizer: 0, thread: 0, parameters: [], normsAfter: null};
    writer.step(record as unknown as StepRecord, new Float64Array(0), 1, null);
  }
  writer.flush();
}

describe('RunProgress', () => {
  it('takes the speed of the latest ten seconds', () => {
    const {dir, writer} = newRun();
    writeSteps(writer, 1, 2, START - 1e6);
    writeSteps(writer, 3, 103);
    const progress = new RunProgress(dir);
    expect(progress.look().changed).toBe(true);
    expect(progress.state.stepsPerSecond).toBeCloseTo(5, 10);
    expect(progress.state).toMatchObject({id: 'r', step: 103, loss: 1 / 103, total: null, secondsLeft: null});
    expect(progress.look().changed).toBe(false);
  });

  it('knows the time left from the plan of fit or the limit, whichever comes first', () => {
    const {dir, writer} = newRun(151);
    writeSteps(writer, 1, 101);
    const progress = new RunProgress(dir);
    progress.look();
    expect(progress.state).toMatchObject({total: 151, secondsLeft: expect.closeTo(10, 8) as number});
    writer.event({type: 'plan', step: 0, totalSteps: 121});
    writer.flush();
    progress.look();
    expect(progress.state).toMatchObject({total: 121, secondsLeft: expect.closeTo(4, 8) as number});
  });

  it('does not trust a plan that is over: the script has gone on to something else', () => {
    const {dir, writer} = newRun();
    writer.event({type: 'plan', step: 0, totalSteps: 50});
    writeSteps(writer, 1, 60);
    const progress = new RunProgress(dir);
    progress.look();
    expect(progress.state).toMatchObject({step: 60, total: null, secondsLeft: null});
  });

  it('has nothing to say before the first step', () => {
    const progress = new RunProgress(newRun(10).dir);
    progress.look();
    expect(progress.state).toEqual({id: 'r', step: 0, total: 10, stepsPerSecond: null, secondsLeft: null, loss: null});
  });

  it('hands out each finding and notice once, also when its status was asked in between', () => {
    const {dir, writer} = newRun();
    const progress = new RunProgress(dir);
    const finding: Finding = {id: 'f', rule: 'spike', severity: 'warning', onsetStep: 1, step: 2, layer: null, parameter: null, site: null, value: 9, baseline: 1, message: 'm', confidence: 1};
    writer.event({type: 'finding', finding});
    writer.event({type: 'notice', code: 'c', message: 'n'});
    writer.flush();
    expect(progress.status).toBe('running');
    expect(progress.look()).toMatchObject({findings: [finding], notices: [{code: 'c', message: 'n'}]});
    expect(progress.look()).toEqual({changed: false, findings: [], notices: []});
  });

  it('sees the run end, and that it had died before it began to train', () => {
    const {dir} = newRun();
    const progress = new RunProgress(dir);
    expect(progress.status).toBe('running');
    // The number of a process that was given out again: it began at another time.
    writeFileSync(join(dir, runFiles.process), JSON.stringify({pid: process.pid, processStart: '1'}));
    expect(progress.status).toBe(process.platform === 'linux' ? 'crashed' : 'running');
    writeFileSync(join(dir, runFiles.exit), JSON.stringify({exitCode: 0, signal: null, time: 1, interrupted: false}));
    expect(progress.status).toBe('finished');
  });
});
