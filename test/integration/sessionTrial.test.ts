import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {TrialSummary} from '../../src/protocol/runSummary';
import {processAlive} from '../../src/session/processTree';
import {Project, script} from './commandLineRun';

let project: Project;
beforeEach(() => {
  project = new Project();
});
afterEach(() => project.remove());

const trialOf = (stdout: string): TrialSummary => JSON.parse(stdout) as TrialSummary;
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('singscope ab', () => {
  it('compares both arms with the same seeds, and says what three seeds carry', async () => {
    const ended = await project.run('ab', script('fitDense.js'), '--json');
    expect(ended.code).toBe(0);
    expect(ended.stdout.trim().split('\n')).toHaveLength(1);
    const trial = trialOf(ended.stdout);
    const [off, on] = trial.arms;
    expect(trial.arms.map(({name, lrScale, diverged}) => ({name, lrScale, diverged}))).toEqual([{name: 'off', lrScale: 1, diverged: 0}, {name: 'on', lrScale: 1, diverged: 0}]);
    for (const arm of trial.arms) {
      expect(arm.runs.map(({seed, steps, status}) => ({seed, steps, status}))).toEqual([1, 2, 3].map((seed) => ({seed, steps: 40, status: 'finished'})));
      expect(arm.runs.every(({sing}) => sing.mode === arm.name)).toBe(true);
    }
    expect(trial.noiseFloor?.sameSeedIdentical).toBe(true);

    // The final losses, from the recorded steps themselves.
    const finals = (off?.runs ?? []).map(({run}) => {
      const losses = [...(project.readers().find(({id}) => id === run)?.steps.column('loss') ?? [])];
      return mean(losses.slice(-20));
    });
    expect(off?.finalLoss.mean).toBeCloseTo(mean(finals), 12);
    const sd = Math.sqrt(finals.reduce((sum, loss) => sum + (loss - mean(finals)) ** 2, 0) / 2);
    expect(off?.finalLoss.sd).toBeCloseTo(sd, 12);
    expect(trial.noiseFloor?.finalLossSd).toBeCloseTo(sd, 12);

    // Both start from the same weights: the gradients of step 1 agree, those of step 2 do not.
    expect(trial.firstDivergence.map(({step}) => step)).toEqual([2, 2, 2, 2]);
    expect(on?.runs[0]?.loss.first).toBe(off?.runs[0]?.loss.first);
    expect(trial.verdict).toMatchObject({winner: 'none', pValue: expect.any(Number) as number});
    expect(trial.verdict.text).toContain('3 seeds are too few');
    expect(trial.verdict.text).toContain('not a fair comparison');
    expect(existsSync(trial.report ?? '')).toBe(true);
    expect(readFileSync(trial.report ?? '', 'utf8')).toContain('too few');

    const again = await project.run('report', trial.trial, '--out', 'again.html', '--open', 'no');
    expect(again.code).toBe(0);
  });

  it('prints the table, the differences and the path of the report', async () => {
    const {code, stdout} = await project.run('ab', script('turnsNaN.js'), '--seeds', '1', '--jobs', '2', '--max-steps', '60');
    expect(code).toBe(0);
    expect(stdout).toMatch(/off +│ 1 .*│ yes +│.*non-finite at step 31, .*turnsNaN\.js:6:\d+/);
    expect(stdout).toContain('Both arms diverged with every seed');
    expect(stdout).toMatch(/^Report {2}.*report\.html$/m);
  });

  it('stops its queue when the script fails before its first step', async () => {
    const {code, stdout, stderr} = await project.run('ab', script('throwsAtOnce.js'), '--json');
    expect(code).toBe(4);
    expect(stderr).toContain('no GPU budget left today');
    expect(trialOf(stdout).verdict.winner).toBe('none');
    expect(project.readers()).toHaveLength(1);
    const again = await project.run('ab', script('throwsAtOnce.js'), '--json');
    expect(trialOf(again.stdout).trial).toBe(trialOf(stdout).trial);
    expect(project.readers()).toHaveLength(2);
  });

  it('goes on after Ctrl-C where it was, with the same command', async () => {
    const command = ['ab', script('loop.js'), '--seeds', '2', '--jobs', '1', '--json', '--', '60', '15', join(project.dir, 'started')];
    const first = project.start(command);
    await project.until((reader) => reader.status() === 'finished');
    await project.until((reader) => reader.launch.arm === 'on' && reader.steps.length > 0);
    first.child.kill('SIGINT');
    const stopped = await first.ended;
    expect(stopped.code).toBe(130);
    const id = trialOf(stopped.stdout).trial;
    expect(stopped.stderr).toContain(`1 of 5 runs are done: the same command goes on with trial ${id}`);
    expect(project.readers().map((reader) => reader.status())).toEqual(['finished', 'stopped']);
    const kept = project.readers()[0]?.id;

    const other = await project.run('ab', script('loop.js'), '--seeds', '1', '--jobs', '2', '--json', '--', '3', '0');
    expect(trialOf(other.stdout).trial).not.toBe(id);

    const second = await project.run(...command);
    expect(second.code).toBe(0);
    expect(second.stderr).toContain(`Going on with trial ${id}: 1 of 5 runs are done`);
    const trial = trialOf(second.stdout);
    expect(trial.trial).toBe(id);
    expect(trial.arms[0]?.runs[0]?.run).toBe(kept);
    expect(trial.arms.flatMap(({runs}) => runs.map(({steps, status}) => `${status} ${steps}`))).toEqual(Array.from({length: 4}, () => 'finished 60'));
    expect(trial.noiseFloor?.sameSeedIdentical).toBe(true);

    const third = await project.run(...command.slice(0, -3), '60', '0');
    expect(trialOf(third.stdout).trial).not.toBe(id);
  });

  it('waits for a training that a killed session left going on', async () => {
    const command = ['ab', script('loop.js'), '--seeds', '1', '--jobs', '1', '--json', '--', '150', '20'];
    const first = project.start(command);
    const left = await project.until((reader) => reader.steps.length > 3);
    first.child.kill('SIGKILL');
    await first.ended;
    const {pid} = left.lastEvent('start')!;
    expect(processAlive(pid)).toBe(true);
    const second = await project.run(...command);
    expect(second.code).toBe(0);
    const trial = trialOf(second.stdout);
    expect(trial.arms[0]?.runs.map(({run, steps}) => ({run, steps}))).toEqual([{run: left.id, steps: 150}]);
    expect(trial.noiseFloor?.sameSeedIdentical).toBe(true);
  });
});
