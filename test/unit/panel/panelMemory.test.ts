import {expect, it} from 'vitest';
import {PanelMemory} from '../../../src/panel/panelMemory';
import type {PanelSubject} from '../../../src/protocol/panel';

const run = (id: string): PanelSubject => ({kind: 'run', store: '/p/.singscope', run: id});
const trial: PanelSubject = {kind: 'trial', store: '/p/.singscope', trial: 'trial-1'};

/** Values are kept as the editor keeps them: as JSON. */
function memento(first: Record<string, unknown> = {}) {
  const kept = new Map(Object.entries(first).map(([key, value]) => [key, JSON.stringify(value)]));
  return {
    get: <T>(key: string) => (kept.has(key) ? JSON.parse(kept.get(key)!) as T : undefined),
    update: (key: string, value: unknown) => Promise.resolve(void kept.set(key, JSON.stringify(value))),
  };
}

it('finds a panel by its title in a later window, and each only once', () => {
  const memory = memento();
  const before = new PanelMemory(memory);
  before.keep(run('a'), 'SINGscope');
  before.keep(run('b'), 'SINGscope');
  before.keep(trial, 'SINGscope');
  before.keep(run('a'), 'train.js');
  const after = new PanelMemory(memory);
  expect(after.find('train.js', [])).toEqual(run('a'));
  expect(after.find('train.js', [run('a')])).toBeNull();
  expect(after.find('SINGscope', [])).toEqual(trial);
  expect(after.find('SINGscope', [trial])).toEqual(run('b'));
  expect(after.find('other.js', [])).toBeNull();
});

it('forgets what is closed, shown before or not', () => {
  const memory = new PanelMemory(memento());
  for (const id of ['a', 'b', 'c']) memory.keep(run(id), `${id}.js`);
  memory.forget(run('a'));
  expect(memory.find('a.js', [])).toBeNull();
  memory.prune([run('b')], ['other.js']);
  expect(memory.find('b.js', [])).toEqual(run('b'));
  expect(memory.find('c.js', [])).toBeNull();
});

it('takes what an other version left for nothing', () => {
  const memory = new PanelMemory(memento({panels: [{subject: {kind: 'movie'}, title: 'a.js'}]}));
  expect(memory.find('a.js', [])).toBeNull();
  memory.keep(trial, 'a.js');
  expect(memory.find('a.js', [])).toEqual(trial);
});
