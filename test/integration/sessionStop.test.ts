import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {RunReader} from '../../src/runs/runReader';
import {processAlive} from '../../src/session/processTree';
import {Project, script, summaryOf, type Started} from './commandLineRun';

let project: Project;
let pids: number[];
beforeEach(() => {
  project = new Project();
  pids = [];
});
afterEach(() => {
  for (const pid of pids) {
    if (processAlive(pid)) process.kill(pid, 'SIGKILL');
  }
  project.remove();
});

const hasSteps = (count: number) => (reader: RunReader): boolean => reader.steps.length >= count;

function pidOf(reader: RunReader): number {
  const {pid} = reader.lastEvent('start')!;
  pids.push(pid);
  return pid;
}

async function dies(pid: number): Promise<boolean> {
  for (let looks = 0; looks < 1000 && processAlive(pid); looks++) await new Promise((done) => setTimeout(done, 50));
  return !processAlive(pid);
}

/** Children that the script endless.js has named. */
async function childrenIn(session: Started): Promise<number[]> {
  const text = await new Promise<string>((done) => {
    let seen = '';
    const take = (chunk: Buffer): void => {
      seen += chunk.toString();
      if (seen.match(/child \d+\n/g)?.length === 2) done(seen);
    };
    session.child.stdout?.on('data', take);
    session.child.stderr?.on('data', take);
  });
  const found = [...text.matchAll(/child (\d+)/g)].map((match) => Number(match[1]));
  pids.push(...found);
  return found;
}

describe('Ctrl-C', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('%s ends a loop that never awaits at its next step, and exits 130', async (name) => {
    const session = project.start(['run', script('loop.js'), '--json']);
    const pid = pidOf(await project.until(hasSteps(20)));
    session.child.kill(name);
    const ended = await session.ended;
    expect(ended.code).toBe(130);
    expect(summaryOf(ended)).toMatchObject({status: 'stopped', exitCode: 0, signal: null});
    expect(summaryOf(ended).steps).toBeGreaterThanOrEqual(20);
    expect(processAlive(pid)).toBe(false);
    expect(project.readers()[0]?.exit).toMatchObject({interrupted: true});
  });

  it('kills what does not listen, its children included', async () => {
    const session = project.start(['run', script('endless.js'), '--json']);
    const children = await childrenIn(session);
    expect(children.every(processAlive)).toBe(true);
    session.child.kill('SIGINT');
    const ended = await session.ended;
    expect(ended.code).toBe(130);
    expect(summaryOf(ended)).toMatchObject({status: 'stopped', steps: 0});
    expect(children.filter(processAlive)).toEqual([]);
  });

  it('stops every training of a command', async () => {
    const session = project.start(['exec', '--json', '--', 'sh', '-c', 'node "$0" & node "$0" & wait', script('loop.js')]);
    const found = new Map<string, RunReader>();
    await project.until((reader) => {
      if (hasSteps(10)(reader) && reader.lastEvent('start') !== null) found.set(reader.id, reader);
      return found.size === 2;
    });
    expect(project.readers()).toHaveLength(2);
    const trainings = [...found.values()].map(pidOf);
    session.child.kill('SIGINT');
    const ended = await session.ended;
    expect(ended.code).toBe(130);
    expect(trainings.filter(processAlive)).toEqual([]);
  });
});

describe('a session that dies', () => {
  it.each(['SIGKILL', 'SIGHUP'] as const)('by %s leaves the training going on, and another finds, follows and stops it', async (name) => {
    const session = project.start(['run', script('loop.js')]);
    const pid = pidOf(await project.until(hasSteps(5)));
    session.child.kill(name);
    await session.ended;
    const before = project.readers()[0]?.steps.length ?? 0;
    const reader = await project.until(hasSteps(before + 30));
    expect(processAlive(pid)).toBe(true);
    expect(reader.status()).toBe('running');

    const follower = project.start(['follow', 'last']);
    let seen = '';
    follower.child.stderr?.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    while (!/step \d+ .*loss/.test(seen)) await new Promise((done) => setTimeout(done, 100));
    follower.child.kill('SIGINT');
    expect((await follower.ended).code).toBe(130);
    expect(processAlive(pid)).toBe(true);

    const watching = project.start(['follow', reader.id.slice(0, -1), '--json']);
    await new Promise((done) => setTimeout(done, 1000));
    const stopped = await project.run('stop', 'last', '--json');
    expect(stopped.code).toBe(0);
    expect(summaryOf(stopped)).toMatchObject({run: reader.id, status: 'stopped'});
    expect(await dies(pid)).toBe(true);
    const followed = await watching.ended;
    expect(followed.code).toBe(0);
    expect(summaryOf(followed)).toMatchObject({run: reader.id, status: 'stopped'});
  });

  it('leaves a script that never trains to be stopped, children included', async () => {
    const session = project.start(['run', script('endless.js')]);
    const children = await childrenIn(session);
    session.child.kill('SIGKILL');
    await session.ended;
    expect(children.every(processAlive)).toBe(true);
    const stopped = await project.run('stop', 'last', '--json');
    expect(stopped.code).toBe(0);
    expect(summaryOf(stopped).status).toBe('stopped');
    expect(children.filter(processAlive)).toEqual([]);
    const again = await project.run('stop', 'last');
    expect(again).toMatchObject({code: 0, stdout: expect.stringContaining('over already') as string});
  });

  it('keeps the script\'s output in the run folder', async () => {
    const session = project.start(['run', script('loop.js'), '--', '150', '10']);
    const reader = await project.until(hasSteps(5));
    pidOf(reader);
    session.child.kill('SIGKILL');
    await project.until((run) => run.status() !== 'running');
    expect(readFileSync(join(reader.dir, 'stdout.log'), 'utf8')).toContain('loop ended');
    expect(project.readers()[0]?.steps.length).toBe(150);
    expect(project.readers()[0]?.status()).toBe('finished');
  });
});

describe('singscope set', () => {
  it('switches SING and its parts while a loop that never awaits goes on', async () => {
    const session = project.start(['run', script('loop.js'), '--json']);
    pidOf(await project.until(hasSteps(10)));
    const on = await project.run('set', 'last', '--sing', 'on', '--json');
    expect(on.code).toBe(0);
    const {step} = JSON.parse(on.stdout) as {step: number};
    await project.until((reader) => (reader.series(0).column('step').at(-1) ?? 0) > step + 20);
    const part = await project.run('set', 'last', '--no-normalize', '--exclude', 'none*');
    expect(part.code).toBe(0);
    session.child.kill('SIGINT');
    const summary = summaryOf(await session.ended);
    expect(summary.sing).toMatchObject({mode: 'on', normalize: false, centralize: true, excluded: ['none*']});
    const series = project.readers()[0]?.series(0);
    const [steps, before, after] = (['step', 'norm', 'normAfter'] as const).map((name) => [...(series?.column(name) ?? [])]);
    const at = (wanted: number): number => steps?.indexOf(wanted) ?? -1;
    expect(after?.[at(5)]).toBe(before?.[at(5)]);
    expect(after?.[at(step + 15)]).toBeCloseTo(1, 5);
  });

  it('says in one line why it can\'t', async () => {
    await project.run('run', script('echo.mjs'));
    for (const [args, words] of [[['--sing', 'on'], 'is over (finished)'], [[], 'Nothing to change'], [['--sing', 'full'], 'is over (finished)']] as const) {
      const {code, stderr} = await project.run('set', 'last', ...args);
      expect(code).toBe(2);
      expect(stderr.trim().split('\n')).toEqual([expect.stringContaining(words)]);
    }
  });
});
