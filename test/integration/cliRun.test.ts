import {cpSync, existsSync, mkdirSync, readFileSync, realpathSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {RunSummary} from '../../src/protocol/runSummary';
import {Project, script, summaryOf} from './commandLineRun';

let project: Project;
beforeEach(() => {
  project = new Project();
});
afterEach(() => project.remove());

describe('singscope run', () => {
  it('prints one JSON object alone on stdout, and the script\'s stdout on stderr', async () => {
    const ended = await project.run('run', script('fitDense.js'), '--json', '--seed', '7');
    expect(ended.code).toBe(0);
    expect(ended.stdout.trim().split('\n')).toHaveLength(1);
    expect(ended.stderr).toContain('trained');
    const summary = summaryOf(ended);
    expect(summary).toMatchObject({status: 'finished', exitCode: 0, signal: null, seed: 7, steps: 40, store: project.store, diverged: false, findings: [], children: []});
    expect(summary.sing.mode).toBe('off');
    expect(summary.loss.first).toBeGreaterThan(summary.loss.last as number);
    expect(summary.parameters.map(({shape}) => shape)).toEqual([[1, 4], [4], [4, 1], [1]]);
    expect(summary.parameters[0]?.site).toMatchObject({file: script('fitDense.js'), line: 8});
  });

  it('lets the script\'s output through and sums up', async () => {
    const {code, stdout, stderr} = await project.run('run', script('fitDense.js'), '--sing', 'on');
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toBe('trained');
    expect(stdout).toMatch(/Run \S+ finished after 40 steps/);
    expect(stdout).toMatch(/loss .*→/);
    expect(stdout).toMatch(/SING +on/);
    expect(stdout).toMatch(/report +node \S+singscope\.js report \S+$/m);
    expect(stderr).not.toContain('unexpected');
  });

  it('keeps the script\'s randomness apart from the seed: one seed, one series', async () => {
    for (const seed of ['5', '5', '6']) await project.run('run', script('fitDense.js'), '--seed', seed, '--json');
    const losses = project.readers().map((reader) => [...reader.steps.column('loss')]);
    expect(losses[0]).toHaveLength(40);
    expect(losses[1]).toEqual(losses[0]);
    expect(losses[2]).not.toEqual(losses[0]);
  });

  it('stops after --max-steps, and lets a script that fits go on to its own end', async () => {
    const ended = await project.run('run', script('fitDense.js'), '--max-steps', '12', '--json');
    expect(ended.code).toBe(0);
    expect(summaryOf(ended)).toMatchObject({status: 'stopped', steps: 12});
    expect(ended.stderr).toContain('trained');
    const loop = await project.run('run', script('loop.js'), '--max-steps', '9', '--json', '--', '1000', '0');
    expect(loop.code).toBe(0);
    expect(summaryOf(loop)).toMatchObject({status: 'stopped', steps: 9, exitCode: 0});
  });

  it('exits 3 and stops when a finding of --fail-on comes', async () => {
    // Far more steps than a busy machine makes until it is stopped.
    const ended = await project.run('run', script('turnsNaN.js'), '--fail-on', 'non-finite', '--seed', '1', '--json', '--', '5000');
    expect(ended.code).toBe(3);
    const summary = summaryOf(ended);
    expect(summary.status).toBe('stopped');
    expect(summary.findings[0]).toMatchObject({rule: 'non-finite', onsetStep: 31, parameter: 'faulty', site: {file: script('turnsNaN.js'), line: 6}});
    expect(summary.steps).toBeLessThan(5000);
    expect(ended.stderr).not.toContain('went through');
    const other = await project.run('run', script('turnsNaN.js'), '--fail-on', 'vanishing', '--seed', '1', '--json');
    expect(other.code).toBe(0);
    expect(other.stderr).toContain('went through');
    expect(summaryOf(other)).toMatchObject({status: 'finished', steps: 400, diverged: true});
    // JSON has no NaN: it is the string.
    expect(summaryOf(other).loss.last).toBe('NaN');
  });

  it('hands over arguments, variables, folder and Node arguments', async () => {
    mkdirSync(join(project.dir, 'sub folder'));
    const {code, stdout} = await project.run('run', script('echo.mjs'), '--cwd', 'sub folder', '--env', 'COLOR=deep=blue', '--node-arg', '--expose-gc', '--', '--steps', '3', 'a b');
    expect(code).toBe(0);
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toEqual({
      args: ['--steps', '3', 'a b'], cwd: realpathSync(join(project.dir, 'sub folder')), color: 'deep=blue', gc: 'function',
    });
    expect(project.readers()[0]?.steps.length).toBe(2);
  });

  it('runs TypeScript through the workspace\'s tsx', async () => {
    const ended = await project.run('run', script('typed.ts'), '--json');
    expect(ended.code).toBe(0);
    expect(summaryOf(ended).steps).toBe(3);
  });

  it('records child processes that train as runs of their own, whatever their environment', async () => {
    const ended = await project.run('run', script('forksTraining.js'), '--json');
    expect(ended.code).toBe(0);
    const summary = summaryOf(ended);
    expect(summary.steps).toBe(0);
    expect(summary.children).toHaveLength(2);
    for (const childId of summary.children) {
      const child = project.readers().find(({id}) => id === childId);
      expect(child?.steps.length).toBe(20);
      expect(child?.launch).toMatchObject({parent: summary.run, script: script('throwsAt.js')});
    }
  });

  it('records those that are started synchronously too, and leaves the caller\'s options alone', async () => {
    const ended = await project.run('run', script('startsTrainings.js'), '--json');
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain('left as it was: true, shell: true');
    const {children} = summaryOf(ended);
    expect(project.readers().filter(({id}) => children.includes(id)).map(({steps}) => steps.length).sort()).toEqual([1, 2, 3, 4, 5]);
  });

  it('works from a folder with blanks and quotes in its name', async () => {
    const odd = join(project.dir, 'my "odd" \\ package');
    for (const part of ['bin', 'package.json', 'dist']) {
      cpSync(resolve(part), join(odd, part), {recursive: true, filter: (from) => !from.includes('include')});
    }
    const {ended} = project.start(['run', script('loop.js'), '--json', '--', '3', '0'], {from: join(odd, 'bin', 'singscope.js')});
    const {code, ...output} = await ended;
    expect(code).toBe(0);
    expect(summaryOf({code, ...output}).steps).toBe(3);
  });
});

describe('singscope exec', () => {
  it('makes a run of every Node process that trains, and keeps the command\'s output', async () => {
    const ended = await project.run('exec', '--json', '--sing', 'on', '--', 'sh', '-c', 'node "$0" 3 0 && node -e "console.log(1)" && node "$0" 4 0', script('loop.js'));
    expect(ended.code).toBe(0);
    const result = JSON.parse(ended.stdout) as {exitCode: number; signal: string | null; runs: RunSummary[]};
    expect(result).toMatchObject({exitCode: 0, signal: null});
    expect(result.runs.map(({steps}) => steps)).toEqual([3, 4]);
    expect(result.runs.map(({sing}) => sing.mode)).toEqual(['on', 'on']);
    const sessions = project.readers().map(({launch}) => launch.session);
    expect(new Set(sessions).size).toBe(1);
    const log = readFileSync(join(project.store, 'sessions', sessions[0] ?? '', 'stdout.log'), 'utf8');
    expect(log.match(/loop ended/g)).toHaveLength(2);
  });

  it('passes the command\'s own options and exit code on', async () => {
    const {code, stdout} = await project.run('exec', '--', 'node', '-e', 'console.log(process.argv.slice(1).join()); process.exit(9)', '--', '--json', '-x');
    expect(code).toBe(4);
    expect(stdout.split('\n')[0]).toBe('--json,-x');
    expect(stdout).toContain('no run was recorded');
  });

  it('says which program could not be started', async () => {
    const {code, stderr} = await project.run('exec', '--', 'no-such-program');
    expect(code).toBe(2);
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining('no-such-program could not be started')]);
  });
});

describe('singscope runs and report', () => {
  it('lists, shows, removes and prunes', async () => {
    for (let i = 0; i < 3; i++) await project.run('run', script('echo.mjs'));
    const ids = project.readers().map(({id}) => id);
    const list = JSON.parse((await project.run('runs', '--json')).stdout) as {runs: {run: string; steps: number; status: string}[]};
    expect(list.runs.map(({run, steps, status}) => ({run, steps, status}))).toEqual(ids.map((run) => ({run, steps: 2, status: 'finished'})));
    expect((await project.run('runs')).stdout).toContain(ids[0]);
    expect(summaryOf(await project.run('runs', 'show', 'last', '--json')).run).toBe(ids[2]);
    expect((await project.run('runs', 'rm', ids[1] ?? '')).code).toBe(0);
    expect(JSON.parse((await project.run('runs', 'prune', '--keep', '1', '--json')).stdout)).toEqual({removed: [ids[0]]});
    expect(project.readers().map(({id}) => id)).toEqual([ids[2]]);
    const missing = await project.run('runs', 'show', 'nonsense');
    expect(missing.code).toBe(2);
    expect(missing.stderr.trim().split('\n')).toHaveLength(1);
  });

  it('writes the report of a run where it is told to', async () => {
    await project.run('run', script('fitDense.js'));
    const {code, stdout} = await project.run('report', 'last', '--out', 'out/report.html', '--open', 'no');
    expect(code).toBe(0);
    const path = join(realpathSync(project.dir), 'out', 'report.html');
    expect(stdout.trim()).toBe(path);
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path, 'utf8')).toContain('<html');
  });
});
