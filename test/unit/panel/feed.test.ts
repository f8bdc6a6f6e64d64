import {renameSync, rmSync} from 'node:fs';
import {afterEach, describe, expect, it} from 'vitest';
import type {HostMessage, PanelSubject, PanelView} from '../../../src/protocol/panel';
import {Feed} from '../../../src/panel/feed/feed';
import {newTrial, writeTrial} from '../../../src/runs/trial';
import {parameterOf, parameterRow, RunFolder, stepRow, temporaryStore} from '../../support/runFolder';

const RUN = '20261124-101500-abcd';

/** A page that keeps what it was sent, and answers frames where it is told to. */
class Page {
  readonly messages: HostMessage[] = [];
  answers = true;
  readonly feed: Feed;

  constructor(subject: PanelSubject) {
    this.feed = new Feed(subject, 'en', (messages) => {
      this.messages.push(...messages);
      for (const message of messages) if (message.type === 'frame' && this.answers) this.feed.take({type: 'drawn', number: message.number});
    });
    open.push(this.feed);
  }

  show(view: Partial<PanelView> = {}): void {
    this.feed.take({type: 'show'});
    this.feed.take({type: 'view', generation: 1, view: {shown: [RUN], parameter: null, window: null, buckets: 64, heatBuckets: 64, ...view}});
  }

  all<T extends HostMessage['type']>(type: T): Extract<HostMessage, {type: T}>[] {
    return this.messages.filter((message): message is Extract<HostMessage, {type: T}> => message.type === type);
  }

  get subject() {
    return this.all('subject').at(-1);
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    for (const end = Date.now() + 60_000; !holds();) {
      if (Date.now() > end) throw new Error(`never: ${what}; got ${JSON.stringify(this.messages).slice(0, 2_000)}`);
      await rest(10);
    }
  }
}

const open: Feed[] = [];
afterEach(() => { for (const feed of open.splice(0)) feed.take({type: 'hide'}); });
const rest = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

/** A run that goes on in this very process. */
function liveRun(): RunFolder {
  return new RunFolder(temporaryStore(), RUN).event({type: 'start', pid: process.pid, processStart: null, node: '20', time: 0, control: null}).parameters(parameterOf(0, 'a/kernel'));
}

function pointsOf(page: Page): number {
  return page.all('curve').filter(({name}) => name === 'norm').reduce((_, {from, value}) => from + value.length, 0);
}

describe('a run that goes on', () => {
  it('is sent whole once, then what came, each with its frame at the end', async () => {
    const folder = liveRun().steps([1, 2, 3].map((step) => stepRow(step))).rows([1, 2, 3].map((step) => parameterRow(step, 0)));
    const page = new Page({kind: 'run', store: folder.store, run: RUN});
    page.show();
    await page.until('a snapshot', () => pointsOf(page) === 3);
    expect(page.subject?.runs[0]).toMatchObject({id: RUN, status: 'running', steps: 3, label: 'train.js'});
    page.messages.length = 0;
    folder.steps([stepRow(4, {loss: 0.125})]).rows([parameterRow(4, 0)]);
    await page.until('the step', () => page.messages.some((message) => message.type === 'curve' && message.name === 'loss' && message.value.at(-1) === 0.125));
    expect(page.all('curve').every(({from}) => from > 0)).toBe(true);
    expect(page.messages.at(-1)?.type).toBe('frame');
    folder.end().exit();
    await page.until('the end', () => page.subject?.runs[0]?.status === 'finished');
  });

  it('a page that does not answer gets one frame, and all that it missed when it does', async () => {
    const folder = liveRun().steps([stepRow(1)]);
    const page = new Page({kind: 'run', store: folder.store, run: RUN});
    page.answers = false;
    page.show();
    await page.until('the first frame', () => page.all('frame').length === 1);
    for (let step = 2; step <= 6; step++) {
      folder.steps([stepRow(step)]);
      await rest(40);
    }
    expect(page.all('frame').length).toBe(1);
    page.feed.take({type: 'drawn', number: page.all('frame')[0]?.number ?? -1});
    await page.until('the rest', () => pointsOf(page) === 6);
    expect(page.all('frame').length).toBe(2);
  });

  it('hidden, it gets nothing; shown again, one snapshot', async () => {
    const folder = liveRun().steps([stepRow(1)]);
    const page = new Page({kind: 'run', store: folder.store, run: RUN});
    page.show();
    await page.until('the first step', () => pointsOf(page) === 1);
    page.feed.take({type: 'hide'});
    page.messages.length = 0;
    folder.steps([stepRow(2), stepRow(3)]);
    await rest(300);
    expect(page.messages).toEqual([]);
    page.show();
    await page.until('all steps', () => pointsOf(page) === 3);
    expect(page.all('curve').filter(({name}) => name === 'norm').map(({from}) => from)).toEqual([0]);
    expect(page.subject?.runs[0]?.steps).toBe(3);
  });

  it('hidden before its page was there, it is named, and no more', async () => {
    const folder = liveRun().steps([stepRow(1)]);
    const page = new Page({kind: 'run', store: folder.store, run: RUN});
    page.feed.take({type: 'hide'});
    await page.until('the title', () => page.subject?.title === 'train.js');
    folder.steps([stepRow(2)]);
    await rest(300);
    expect(page.messages.map(({type}) => type)).toEqual(['subject']);
    page.show();
    await page.until('all steps', () => pointsOf(page) === 2);
  });

  it('whose folder vanishes is told of once, and what was sent stays', async () => {
    const folder = liveRun().steps([stepRow(1)]);
    const page = new Page({kind: 'run', store: folder.store, run: RUN});
    page.show();
    await page.until('the first step', () => pointsOf(page) === 1);
    rmSync(folder.store, {recursive: true});
    await page.until('the problem', () => page.all('problem').length > 0);
    page.messages.length = 0;
    await rest(400);
    expect(page.all('problem')).toEqual([]);
    expect(page.all('curve')).toEqual([]);
  });
});

describe('a subject that is not there', () => {
  for (const subject of [
    {kind: 'run', store: '/nowhere/.singscope', run: RUN}, {kind: 'run', store: '/nowhere/.singscope', run: '../../etc'},
    {kind: 'pair', store: '/nowhere/.singscope', runs: [RUN, RUN]}, {kind: 'trial', store: '/nowhere/.singscope', trial: 'trial-1'},
  ] as const) {
    it(`${JSON.stringify(subject)}: a page without runs, and one problem`, async () => {
      const page = new Page(subject.kind === 'pair' ? {...subject, runs: [RUN, RUN]} : subject);
      page.feed.take({type: 'show'});
      await page.until('the problem', () => page.all('problem').length === 1);
      expect(page.subject?.runs).toEqual([]);
      await rest(200);
      expect(page.all('problem').length).toBe(1);
    });
  }

  it('a run of a newer version is told of, with what to do', async () => {
    const folder = new RunFolder(temporaryStore(), RUN, {format: 99});
    const page = new Page({kind: 'run', store: folder.store, run: RUN});
    page.feed.take({type: 'show'});
    await page.until('the problem', () => page.all('problem').some(({message}) => /update/.test(message)));
  });
});

describe('a trial', () => {
  const store = temporaryStore();
  const runs = ['20261124-101501-aaaa', '20261124-101502-bbbb', '20261124-101503-cccc'] as const;
  const jobs = [{arm: 'off', seed: 1, run: runs[0]}, {arm: 'on', seed: 1, run: runs[1]}, {arm: 'off-again', seed: 1, run: runs[2]}];
  const trial = (started: number) => newTrial({
    id: 'trial-20261124-101500-abcd', script: '/p/train.js', args: [], cwd: '/p', created: 0, arms: [{name: 'off', lrScale: 1}, {name: 'on', lrScale: 1}], seeds: [1], options: {}, runs: jobs.slice(0, started),
  });
  const runFolder = (i: number): RunFolder => new RunFolder(store, jobs[i]?.run ?? '', {arm: jobs[i]?.arm ?? null, seed: 1, script: '/p/train.js', trial: trial(0).id})
    .event({type: 'start', pid: process.pid, processStart: null, node: '20', time: 0, control: null});

  it('its runs turn up as they are started, and its verdict at the end', async () => {
    writeTrial(store, trial(1));
    const folders = [runFolder(0).steps([stepRow(1), stepRow(2)])];
    const page = new Page({kind: 'trial', store, trial: trial(0).id});
    page.show({shown: [runs[0], runs[1]]});
    await page.until('the first run', () => page.subject?.runs.length === 1);
    expect(page.subject).toMatchObject({title: 'train.js: SING compared', trial: {state: 'running', done: 0, jobs: 3, verdict: null}});
    folders.push(runFolder(1).steps([stepRow(1), stepRow(2)]), runFolder(2).steps([stepRow(1), stepRow(2)]));
    writeTrial(store, trial(3));
    await page.until('all runs', () => page.subject?.runs.length === 3);
    expect(page.subject?.runs.map(({label, arm}) => ({label, arm}))).toEqual([
      {label: 'SING off, seed 1', arm: 'off'}, {label: 'SING on, seed 1', arm: 'on'}, {label: 'SING off again, seed 1', arm: 'off'},
    ]);
    for (const folder of folders) folder.end().exit();
    await page.until('the verdict', () => typeof page.subject?.trial?.verdict?.text === 'string');
    expect(page.subject?.trial).toMatchObject({state: 'finished', done: 3});
  });

  it('whose folder is moved away keeps what was shown', async () => {
    const page = new Page({kind: 'trial', store, trial: trial(0).id});
    page.show({shown: [runs[0]]});
    await page.until('its runs', () => page.subject?.runs.length === 3);
    renameSync(store, `${store}-moved`);
    await page.until('the problem', () => page.all('problem').length > 0);
    expect(page.subject?.runs.length).toBe(3);
  });
});
