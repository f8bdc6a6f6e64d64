import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {RUN_FORMAT, runFiles} from '../../../src/protocol/runFolder';
import {defaultSingSettings} from '../../../src/protocol/sing';
import {createRunFolder} from '../../../src/runs/runStore';
import {writeTrial} from '../../../src/runs/trial';
import type {ScriptSettings} from '../../../src/session/sessionSettings';
import {runOfJob, specHash, trialJobs, trialSeeds} from '../../../src/session/trialPlan';
import {findUnfinished, freshTrial, jobState, readJobState} from '../../../src/session/trialResume';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'singscope-test-'));
  writeFileSync(join(dir, 'train.js'), 'train();');
});
afterEach(() => rmSync(dir, {recursive: true}));

function settings(changes: Partial<ScriptSettings> = {}): ScriptSettings {
  return {
    packageRoot: dir, store: join(dir, 'store'), cwd: dir, env: {}, node: null, nodeArgs: [], sing: defaultSingSettings, lrScale: 1,
    seed: null, maxSteps: null, budgetPct: 2, failOn: [], runtime: 'auto', script: join(dir, 'train.js'), args: [], ...changes,
  };
}

function endedRun(store: string, id: string, exit: object | null): void {
  const {script, args, cwd, sing} = settings();
  const run = createRunFolder(store, {format: RUN_FORMAT, id, parent: null, session: 's', trial: null, arm: null, seed: null, script, args, cwd, created: Date.now(), sing, lrScale: 1, maxSteps: null});
  if (exit !== null) writeFileSync(join(run, runFiles.exit), JSON.stringify(exit));
}

const fine = {exitCode: 0, signal: null, time: 1, interrupted: false};

describe('trialJobs', () => {
  it('puts the arms of a seed side by side, and repeats the first off run', () => {
    expect(trialJobs(['off', 'on'], [1, 2])).toEqual([
      {arm: 'off', seed: 1}, {arm: 'on', seed: 1}, {arm: 'off-again', seed: 1}, {arm: 'off', seed: 2}, {arm: 'on', seed: 2},
    ]);
  });

  it('counts seeds from 1, or from the one given', () => {
    expect(trialSeeds(3, null)).toEqual([1, 2, 3]);
    expect(trialSeeds(2, 40)).toEqual([40, 41]);
  });
});

describe('specHash', () => {
  it('changes with the script\'s content, its arguments and every option that changes a number', () => {
    const base = specHash(settings(), false);
    expect(specHash(settings({store: '/elsewhere'}), false)).toBe(base);
    const others = [
      specHash(settings({args: ['--steps', '3']}), false),
      specHash(settings({lrScale: 2}), false),
      specHash(settings({maxSteps: 10}), false),
      specHash(settings({env: {A: 'b'}}), false),
      specHash(settings({sing: {...defaultSingSettings, centralize: false}}), false),
      specHash(settings(), true),
    ];
    writeFileSync(join(dir, 'train.js'), 'train(); ');
    others.push(specHash(settings(), false));
    expect(new Set([base, ...others]).size).toBe(8);
  });
});

describe('jobState', () => {
  it.each([
    ['running', {interrupted: false, sawEnd: false, trained: false}, 'running'],
    ['finished', {interrupted: false, sawEnd: true, trained: true}, 'done'],
    ['finished', {interrupted: false, sawEnd: true, trained: false}, 'done'],
    ['failed', {interrupted: false, sawEnd: true, trained: true}, 'done'],
    ['failed', {interrupted: false, sawEnd: true, trained: false}, 'open'],
    ['stopped', {interrupted: false, sawEnd: true, trained: true}, 'done'],
    ['stopped', {interrupted: true, sawEnd: true, trained: true}, 'open'],
    ['crashed', {interrupted: false, sawEnd: true, trained: true}, 'done'],
    ['crashed', {interrupted: false, sawEnd: false, trained: true}, 'open'],
  ] as const)('%s, %o: %s', (status, evidence, expected) => {
    expect(jobState({status, ...evidence})).toBe(expected);
  });
});

describe('findUnfinished', () => {
  it('takes the newest trial of the same spec with something to do', () => {
    const {store} = settings();
    const spec = specHash(settings(), false);
    const trial = freshTrial(settings(), false, ['off', 'on'], [1]);
    expect(findUnfinished(store, spec, ['off', 'on'], [1])).toBeNull();
    writeTrial(store, trial);
    expect(findUnfinished(store, spec, ['off', 'on'], [1])?.id).toBe(trial.id);
    expect(findUnfinished(store, spec, ['off', 'on'], [1, 2])).toBeNull();
    expect(findUnfinished(store, 'another', ['off', 'on'], [1])).toBeNull();

    const jobs = trialJobs(['off', 'on'], [1]);
    jobs.forEach((job, i) => {
      endedRun(store, `r${i}`, i === 1 ? {...fine, interrupted: true} : fine);
      trial.runs.push({...job, run: `r${i}`});
    });
    writeTrial(store, trial);
    expect(jobs.map((job) => readJobState(store, trial, job))).toEqual(['done', 'open', 'done']);
    expect(findUnfinished(store, spec, ['off', 'on'], [1])?.id).toBe(trial.id);

    endedRun(store, 'again', fine);
    trial.runs.push({arm: 'on', seed: 1, run: 'again'});
    writeTrial(store, trial);
    expect(runOfJob(trial, {arm: 'on', seed: 1})).toBe('again');
    expect(findUnfinished(store, spec, ['off', 'on'], [1])).toBeNull();
  });

  it('starts a job whose run folder was removed anew', () => {
    const trial = freshTrial(settings(), false, ['off', 'on'], [1]);
    trial.runs.push({arm: 'off', seed: 1, run: 'gone'});
    expect(readJobState(settings().store, trial, {arm: 'off', seed: 1})).toBe('open');
  });
});
