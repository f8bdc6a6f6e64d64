import {spawnSync} from 'node:child_process';
import {copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync} from 'node:fs';
import {basename, dirname, join, resolve} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {RUN_FORMAT, runFiles} from '../../src/protocol/runFolder';
import {listRunIds} from '../../src/runs/runStore';
import {Project, script, summaryOf, type Ended} from './commandLineRun';

let project: Project;
beforeEach(() => {
  project = new Project();
});
afterEach(() => project.remove());

/** The one line that is said of a mistake. */
function lineOf({stderr, stdout}: Ended): string {
  expect(stdout).toBe('');
  const lines = stderr.trim().split('\n');
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
}

describe('wrong usage exits 2 with one line: what, and the mend', () => {
  it.each([
    [['run', 'missing.js'], 'No such file'],
    [['run', '.'], 'is a directory'],
    [['run', 'package.json'], 'not JavaScript or TypeScript'],
    [['run'], 'missing required argument'],
    [['run', 'x.js', '--stpes', '3'], 'unknown option'],
    [['run', 'x.js', '--max-steps', 'ten'], 'whole number'],
    [['run', 'x.js', '--max-steps', '0'], 'at least 1'],
    [['run', 'x.js', '--seed', '-1'], 'or keep'],
    [['run', 'x.js', '--lr-scale', '0'], 'above 0'],
    [['run', 'x.js', '--fail-on', 'bad-luck'], 'non-finite'],
    [['run', 'x.js', '--normalize', 'max'], 'norm or std'],
    [['run', 'x.js', '--env', 'NOVALUE'], 'NAME=VALUE'],
    [['run', 'x.js', '--cwd', 'nowhere'], 'No such folder'],
    [['run', 'x.js', '--node', './no-node'], '--node'],
    [['ab', 'x.js', '--arms', 'off,clip'], 'later version'],
    [['ab', 'x.js', '--arms', 'on,full'], 'both arms'],
    [['ab', 'x.js', '--arms', 'off,half'], 'no arm half'],
    [['ab', 'x.js', '--arms', 'off'], 'both arms'],
    [['ab', 'x.js', '--lr-ladder', '1,3'], 'later version'],
    [['ab', 'x.js', '--engine', 'ray'], 'later version'],
    [['export', 'last', '--to', 'csv'], 'no runs'],
    [['export', 'last', '--to', 'xml'], 'tensorboard or csv or parquet'],
    [['export', 'last'], '--to'],
    [['exec'], 'missing required argument'],
    [['exec', '--', './no-such-program'], 'could not be started'],
    [['follow', 'last'], 'no runs'],
    [['stop', '../../etc'], 'no runs'],
    [['report', 'last'], 'no runs'],
    [['bench', 'faults'], 'unknown command'],
    [['frobnicate'], 'unknown command'],
  ])('%j', async (args, words) => {
    writeFileSync(join(project.dir, 'x.js'), '');
    const ended = await project.run(...args);
    expect(ended.code).toBe(2);
    expect(lineOf(ended)).toContain(words);
  });

  it('keeps stdout free with --json too', async () => {
    const ended = await project.run('run', 'missing.js', '--json');
    expect(ended.code).toBe(2);
    expect(lineOf(ended)).toContain('missing.js');
  });
});

describe('a script that fails keeps its own words and what was recorded', () => {
  it('is not JavaScript', async () => {
    const ended = await project.run('run', script('notJavaScript.js'), '--json');
    expect(ended.code).toBe(4);
    expect(ended.stderr).toContain('SyntaxError');
    expect(summaryOf(ended)).toMatchObject({status: 'failed', exitCode: 1, steps: 0});
  });

  it('throws at once', async () => {
    const ended = await project.run('run', script('throwsAtOnce.js'), '--json');
    expect(ended.code).toBe(4);
    expect(ended.stderr).toContain('Error: no GPU budget left today');
    expect(summaryOf(ended)).toMatchObject({status: 'failed', exitCode: 1, steps: 0});
  });

  it('throws at step 50', async () => {
    const ended = await project.run('run', script('throwsAt.js'), '--json', '--', '50');
    expect(ended.code).toBe(4);
    expect(ended.stderr).toContain('RangeError: out of data after 50 steps');
    expect(summaryOf(ended)).toMatchObject({status: 'failed', exitCode: 1, steps: 50, parameters: [{name: 'w'}]});
    expect(project.readers()[0]?.lastEvent('end')).toMatchObject({step: 50, error: 'RangeError: out of data after 50 steps'});
  });

  it('exits in the middle', async () => {
    const fine = await project.run('run', script('exitsAt.js'), '--json', '--', '12', 'exit', '0');
    expect(fine.code).toBe(0);
    expect(summaryOf(fine)).toMatchObject({status: 'finished', exitCode: 0, steps: 12});
    const failing = await project.run('run', script('exitsAt.js'), '--json', '--', '12', 'exit', '7');
    expect(failing.code).toBe(4);
    expect(summaryOf(failing)).toMatchObject({status: 'failed', exitCode: 7, steps: 12});
  });

  /** Kills the training of an invocation once so many of its steps are on the disk, however long a busy machine takes for that. */
  async function killAt(steps: number, name: NodeJS.Signals): Promise<void> {
    const reader = await project.until((run) => run.steps.length >= steps && existsSync(join(run.dir, runFiles.control)));
    process.kill(reader.lastEvent('start')!.pid, name);
  }

  it.each(['SIGKILL', 'SIGSEGV'] as const)('is killed by %s', async (name) => {
    const session = project.start(['run', script('exitsAt.js'), '--json', '--', '30', 'wait']);
    await killAt(30, name);
    const ended = await session.ended;
    expect(ended.code).toBe(4);
    expect(summaryOf(ended)).toMatchObject({status: 'crashed', exitCode: null, signal: name, steps: 30});
    expect((await project.run('runs', 'show', 'last')).stdout).toContain(`crashed (killed by ${name}) after 30 steps`);
  });

  it.each(['run', 'exec'])('leaves no socket behind where it is killed under %s', async (verb) => {
    const command = verb === 'run' ? [script('exitsAt.js'), '--'] : ['--', process.execPath, script('exitsAt.js')];
    const session = project.start([verb, ...command, '30', 'wait']);
    await killAt(30, 'SIGKILL');
    await session.ended;
    const {socket} = JSON.parse(readFileSync(join(project.store, 'runs', listRunIds(project.store).at(-1)!, runFiles.control), 'utf8')) as {socket: string};
    expect(basename(dirname(socket))).toMatch(/^singscope-/);
    expect(existsSync(dirname(socket))).toBe(false);
  });

  it('passes on exit code 5 of the script itself as a failure of the script', async () => {
    const ended = await project.run('run', script('exitsAt.js'), '--json', '--', '3', 'exit', '5');
    expect(ended.code).toBe(4);
  });
});

describe('a script without optimizer steps is told so', () => {
  it('never trains', async () => {
    const ended = await project.run('run', script('neverTrains.js'), '--json');
    expect(ended.code).toBe(0);
    const summary = summaryOf(ended);
    expect(summary).toMatchObject({status: 'finished', steps: 0, loss: {first: null, last: null, min: null}});
    expect(summary.notices.map(({code}) => code)).toContain('no-steps');
  });

  it('applies its gradients by hand', async () => {
    const ended = await project.run('run', script('byHand.js'), '--json');
    expect(ended.code).toBe(0);
    const notice = summaryOf(ended).notices.find(({code}) => code === 'no-steps');
    expect(notice?.message).toContain('by hand');
    expect(ended.stderr).toContain('done by hand');
  });
});

describe('no runtime', () => {
  it('exits 5 when the one asked for is not there, and says how to get it', async () => {
    const ended = await project.run('run', script('fitDense.js'), '--runtime', 'managed', '--json');
    expect(ended.code).toBe(5);
    expect(ended.stderr).toContain('singscope runtime install');
    expect(summaryOf(ended).notices.map(({code}) => code)).toContain('no-runtime');
    const trial = await project.run('ab', script('fitDense.js'), '--runtime', 'managed', '--seeds', '1', '--json');
    expect(trial.code).toBe(5);
  });
});

describe('a store that takes no more', () => {
  /** Runs in a mount namespace of its own, with a small file system as store. */
  function withSmallStore(mount: string, command: string): {status: number | null; stdout: string; stderr: string} {
    const store = join(project.dir, 'small');
    mkdirSync(store);
    const program = `mount -t tmpfs -o size=96k tmpfs "$1" && ${mount} ${command}`;
    return spawnSync('unshare', ['-rm', 'sh', '-c', program, 'sh', store, resolve('bin/singscope.js'), script('loop.js')], {encoding: 'utf8', cwd: project.dir});
  }
  const canMount = spawnSync('unshare', ['-rm', 'sh', '-c', 'mount -t tmpfs tmpfs /mnt']).status === 0;

  it.runIf(canMount)('is full: the training goes on to its end, and what fitted stays readable', () => {
    const {status, stdout, stderr} = withSmallStore('', 'node "$2" run --store "$1" --json "$3" -- 1500 1; echo "exit $?"; node "$2" runs show last --store "$1" --json');
    expect(status).toBe(0);
    const [live, exit, shown] = stdout.trim().split('\n');
    expect(exit).toBe('exit 0');
    for (const json of [live, shown]) {
      const summary = summaryOf({code: 0, stdout: json ?? '', stderr});
      expect(summary).toMatchObject({status: 'finished', exitCode: 0});
      expect(summary.steps).toBeGreaterThan(10);
      expect(summary.steps).toBeLessThan(1500);
      expect(summary.notices.map(({code}) => code)).toContain('recording-stopped');
    }
    expect(stderr).toMatch(/singscope: recording stopped \(ENOSPC.*training goes on/);
    expect(stderr).not.toContain('Unhandled');
  });

  it.runIf(canMount)('is read-only: the run is recorded elsewhere, and that is said', () => {
    const {stdout, stderr} = withSmallStore('mount -o remount,ro "$1" &&', 'TMPDIR="$PWD" node "$2" run --store "$1" --json "$3" -- 30 0; echo "exit $?"');
    const [json, exit] = stdout.trim().split('\n');
    expect(exit).toBe('exit 0');
    const summary = summaryOf({code: 0, stdout: json ?? '', stderr});
    expect(summary).toMatchObject({status: 'finished', steps: 30});
    expect(summary.store.startsWith(project.dir)).toBe(true);
    expect(summary.notices.map(({code}) => code)).toContain('fallback-store');
    expect(stderr).toMatch(/can't write to the run store .*small \(EROFS\)/);
  });

  it('is no folder at all: the same', async () => {
    writeFileSync(join(project.dir, 'file'), '');
    const ended = await project.start(['run', '--store', 'file/store', '--json', script('loop.js'), '--', '5', '0'], {env: {TMPDIR: project.dir}}).ended;
    expect(ended.code).toBe(0);
    expect(summaryOf(ended)).toMatchObject({status: 'finished', steps: 5});
    expect(ended.stderr).toContain('This run is recorded in');
    const command = await project.start(['exec', '--store', 'file/store', '--json', '--', 'node', script('loop.js'), '4', '0'], {env: {TMPDIR: project.dir}}).ended;
    expect(command.code).toBe(0);
    expect((JSON.parse(command.stdout) as {runs: {steps: number}[]}).runs.map(({steps}) => steps)).toEqual([4]);
  });
});

describe('a run on disk that is not as it should be', () => {
  const file = (name: string): string => join(project.readers()[0]?.dir ?? '', name);

  beforeEach(async () => {
    await project.run('run', script('fitDense.js'));
  });

  it('is cut off anywhere: what stands before is shown, and that it is', async () => {
    for (const name of ['steps.arrow', 'parameters.arrow.gz', 'events.jsonl']) truncateSync(file(name), Math.floor(readFileSync(file(name)).length * 0.6));
    const shown = await project.run('runs', 'show', 'last', '--json');
    expect(shown.code).toBe(0);
    expect(summaryOf(shown).notices.map(({code}) => code)).toContain('damaged-record');
    expect((await project.run('runs')).code).toBe(0);
    expect((await project.run('report', 'last', '--open', 'no')).code).toBe(0);
  });

  it('is overwritten with noise: no crash, one notice', async () => {
    writeFileSync(file('steps.arrow'), Buffer.from(Array.from({length: 5000}, (_, i) => (i * 7919) % 256)));
    const shown = await project.run('runs', 'show', 'last', '--json');
    expect(shown.code).toBe(0);
    expect(summaryOf(shown).notices.map(({message}) => message).join()).toContain('steps.arrow is damaged');
  });

  it('has a damaged run.json: one line, and the list goes on without it', async () => {
    const id = project.readers()[0]?.id ?? '';
    writeFileSync(file('run.json'), '{"format": 1, "id": ');
    const shown = await project.run('runs', 'show', 'last');
    expect(shown.code).toBe(2);
    expect(lineOf(shown)).toContain('damaged');
    const list = await project.run('runs');
    expect(list.code).toBe(0);
    expect(list.stdout).toContain(id);
    expect((await project.run('runs', 'rm', id)).code).toBe(0);
    expect(existsSync(join(project.store, 'runs', id))).toBe(false);
  });

  it('is of a newer format: one line that says to update', async () => {
    const launch = JSON.parse(readFileSync(file('run.json'), 'utf8')) as object;
    writeFileSync(file('run.json'), JSON.stringify({...launch, format: RUN_FORMAT + 1}));
    for (const command of [['runs', 'show', 'last'], ['follow', 'last'], ['report', 'last'], ['stop', 'last'], ['set', 'last', '--sing', 'on']]) {
      const ended = await project.run(...command);
      expect(ended.code).toBe(2);
      expect(lineOf(ended)).toContain('update singscope');
    }
  });

  it('lies beside another: only the damaged one suffers', async () => {
    const id = project.readers()[0]?.id ?? '';
    const copy = join(project.store, 'runs', '20000101-000000-aaaa');
    cpSync(join(project.store, 'runs', id), copy, {recursive: true});
    copyFileSync(join(copy, 'steps.arrow'), join(copy, 'run.json'));
    const list = JSON.parse((await project.run('runs', 'list', '--json')).stdout) as {runs: {status: string}[]};
    expect(list.runs.map(({status}) => status)).toEqual(['unreadable', 'finished']);
  });
});
