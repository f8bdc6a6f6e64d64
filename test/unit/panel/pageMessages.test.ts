import {describe, expect, it} from 'vitest';
import {readPageMessage} from '../../../src/panel/pageMessages';
import {subjectKey, subjectOfState} from '../../../src/panel/pageState';
import {defaultSingSettings} from '../../../src/protocol/sing';

const view = {shown: ['a'], parameter: null, window: null, buckets: 960, heatBuckets: 480};

describe('messages of a page', () => {
  for (const message of [
    {type: 'ready'},
    {type: 'view', generation: 3, view},
    {type: 'drawn', number: 4, step: 17, drawMs: 2.5},
    {type: 'hover', parameter: null},
    {type: 'reveal', parameter: 'dense/kernel'},
    {type: 'sing', run: 'a', sing: {mode: 'on', exclude: ['*/bias']}},
    {type: 'action', action: 'compare', run: null, finding: null},
  ]) {
    it(`${message.type} is taken as it is`, () => expect(readPageMessage(message)).toEqual({message, refusal: null}));
  }

  const circle: Record<string, unknown> = {type: 'view'};
  circle.self = circle;
  for (const [name, message] of Object.entries<unknown>({
    nothing: undefined, null: null, text: 'ready', number: 7, list: [], 'no type': {}, 'unknown type': {type: 'shell', command: 'rm'},
    'view without a window': {type: 'view', generation: 1, view: {...view, window: undefined}},
    'a million buckets': {type: 'view', generation: 1, view: {...view, buckets: 1e6}},
    'half a bucket': {type: 'view', generation: 1, view: {...view, heatBuckets: 16.5}},
    'three runs': {type: 'view', generation: 1, view: {...view, shown: ['a', 'b', 'c']}},
    'a window of no numbers': {type: 'view', generation: 1, view: {...view, window: {from: NaN, to: 3}}},
    'unknown mode': {type: 'sing', run: 'a', sing: {...defaultSingSettings, mode: 'loud'}},
    'negative decay': {type: 'sing', run: 'a', sing: {weightDecay: -1}},
    'unknown action': {type: 'action', action: 'delete', run: 'a', finding: null},
    'no parameter': {type: 'reveal', parameter: null},
    circle, bigint: {type: 'view', generation: 1n}, long: {type: 'x'.repeat(1e5)}, lines: {type: 'a\nb\n'},
  })) {
    it(`${name} is refused with one line`, () => {
      const {message: taken, refusal} = readPageMessage(message);
      expect(taken).toBeNull();
      expect(refusal).toMatch(/^A message of a panel's page was refused: .+$/);
      expect(refusal).not.toContain('\n');
      expect(refusal?.length).toBeLessThan(600);
    });
  }
});

describe('the state that a page keeps', () => {
  for (const subject of [
    {kind: 'run', store: '/a/.singscope', run: 'r1'}, {kind: 'trial', store: '/a b/訓練/.singscope', trial: 't1'}, {kind: 'pair', store: '/a/.singscope', runs: ['r1', 'r2']},
  ] as const) {
    it(`a ${subject.kind} comes back`, () => {
      const kept = JSON.parse(JSON.stringify({subject, view})) as unknown;
      expect(subjectOfState(kept)).toEqual(subject);
    });
  }

  for (const state of [undefined, null, 'run', {}, {subject: null}, {subject: {kind: 'run', store: '/a'}}, {subject: {kind: 'pair', store: '/a', runs: ['x']}}, {subject: {kind: 'folder', store: '/'}}]) {
    it(`${JSON.stringify(state)} tells of nothing`, () => expect(subjectOfState(state)).toBeNull());
  }

  it('subjects are told apart', () => {
    const keys = [
      subjectKey({kind: 'run', store: '/a', run: 'x'}), subjectKey({kind: 'run', store: '/b', run: 'x'}), subjectKey({kind: 'pair', store: '/a', runs: ['x', 'y']}),
      subjectKey({kind: 'pair', store: '/a', runs: ['y', 'x']}), subjectKey({kind: 'trial', store: '/a', trial: 't'}),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});
