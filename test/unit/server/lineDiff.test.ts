import {describe, expect, test} from 'vitest';
import {followLines, lineKey, matchLines} from '../../../src/server/lineDiff';
import {SourceDocument} from '../../../src/server/sourceDocument';
import {RecordedText} from '../../../src/server/recordedText';

/** A small generator that gives the same numbers every time. */
function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Length of the longest common subsequence, by the textbook. */
function longestCommon(a: readonly string[], b: readonly string[]): number {
  const table = Array.from({length: a.length + 1}, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i]![j] = a[i] === b[j] ? table[i + 1]![j + 1]! + 1 : Math.max(table[i + 1]![j]!, table[i]![j + 1]!);
    }
  }
  return table[0]![0]!;
}

const pairsOf = (match: Int32Array): [number, number][] => [...match].flatMap((old, now): [number, number][] => (old < 0 ? [] : [[old, now]]));

describe('matchLines', () => {
  test('pairs equal lines in order, and as many as there can be where no line is unique', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const next = random(seed);
      // Every letter stands twice at least, and the ends differ, so that no anchor decides.
      const text = (): string[] => Array.from({length: 2 + next(20)}, () => 'ab'[next(2)] ?? '');
      const [old, now] = [['p', 'a', 'b', ...text(), 'a', 'b', 'q'], ['r', 'a', 'b', ...text(), 'a', 'b', 's']];
      const pairs = pairsOf(matchLines(old, now));
      for (const [i, j] of pairs) expect(old[i]).toBe(now[j]);
      for (let at = 1; at < pairs.length; at++) expect(pairs[at]![0]).toBeGreaterThan(pairs[at - 1]![0]);
      expect(pairs.length).toBe(longestCommon(old, now));
    }
  });

  test('finds every line again that was neither changed nor moved, among thousands', () => {
    const next = random(7);
    const old = Array.from({length: 5000}, (_, i) => `line ${i}`);
    const kept = old.map((text, i) => ({text, i})).filter(() => next(50) > 0);
    const now: {text: string; i: number}[] = [];
    for (const line of kept) {
      if (next(40) === 0) now.push({text: `new ${next(1e6)}`, i: -1});
      now.push({text: next(3) === 0 ? `  ${line.text}` : line.text, i: line.i});
    }
    expect([...matchLines(old, now.map(({text}) => text))]).toEqual(now.map(({i}) => i));
  });

  test('takes a line that was changed for the same line, and a new one for a new one', () => {
    const old = ['const a = 1;', 'model.add(tf.layers.dense({units: 64}));', 'model.compile(options);'];
    const now = ['const a = 1;', '// a remark', 'model.add(tf.layers.dense({units: 32}));', 'model.compile(options);'];
    expect([...matchLines(old, now)]).toEqual([0, -1, -1, 2]);
    expect([...followLines(old, now)]).toEqual([0, -1, 1, 2]);
  });
});

describe('a document that is edited', () => {
  const layer = 'model.add(tf.layers.dense({units: 64}));';

  test('has the text that an editor has, whatever is edited, and knows every line that was left alone', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const next = random(seed);
      const recordedLines = Array.from({length: 30}, (_, i) => (next(3) === 0 ? layer : `const v${i} = ${next(9)};`));
      const recorded = new RecordedText('key', recordedLines.join('\n'));
      const document = SourceDocument.of('file:///a.js', 1, recordedLines.join('\n'));
      document.tracker(recorded);
      // What really happened to each line, kept beside.
      let model = recordedLines.map((text, origin) => ({text, origin}));
      for (let turn = 0; turn < 25; turn++) {
        const at = next(model.length);
        if (next(2) === 0 || model.length < 3) {
          const added = Array.from({length: 1 + next(3)}, () => (next(2) === 0 ? layer : `added(${next(1e6)});`));
          document.update([{range: {start: {line: at, character: 0}, end: {line: at, character: 0}}, text: `${added.join('\n')}\n`}], turn);
          model = [...model.slice(0, at), ...added.map((text) => ({text, origin: -1})), ...model.slice(at)];
        } else {
          const count = Math.min(1 + next(2), model.length - 1 - at);
          if (count <= 0) continue;
          document.update([{range: {start: {line: at, character: 0}, end: {line: at + count, character: 0}}, text: ''}], turn);
          model = [...model.slice(0, at), ...model.slice(at + count)];
        }
        expect(document.lines).toEqual(model.map(({text}) => text));
        const tracker = document.tracker(recorded);
        model.forEach(({origin}, line) => { if (origin >= 0) expect(tracker.place(origin, document.lines)).toEqual({line, isChanged: false}); });
      }
    }
  });

  test('tells which of equal lines was deleted, and finds it again when that is undone', () => {
    const recorded = new RecordedText('key', [layer, layer, layer, layer].join('\n'));
    const document = SourceDocument.of('file:///a.js', 1, [layer, layer, layer, layer].join('\r\n'));
    const tracker = document.tracker(recorded);
    const places = (): (number | null)[] => [0, 1, 2, 3].map((line) => tracker.place(line, document.lines)?.line ?? null);
    document.update([{range: {start: {line: 1, character: 0}, end: {line: 2, character: 0}}, text: ''}], 2);
    expect(places()).toEqual([0, null, 1, 2]);
    document.update([{range: {start: {line: 1, character: 0}, end: {line: 1, character: 0}}, text: `${layer}\r\n`}], 3);
    expect(places()).toEqual([0, 1, 2, 3]);
  });

  test('knows a line that is broken in two, typed into and joined again', () => {
    const recorded = new RecordedText('key', `const a = 1;\n${layer}\nconst b = 2;`);
    const document = SourceDocument.of('file:///a.js', 1, `const a = 1;\n${layer}\nconst b = 2;`);
    const tracker = document.tracker(recorded);
    document.update([{range: {start: {line: 0, character: 12}, end: {line: 0, character: 12}}, text: '\n'}], 2);
    expect(tracker.place(1, document.lines)).toEqual({line: 2, isChanged: false});
    document.update([{range: {start: {line: 2, character: 4}, end: {line: 2, character: 4}}, text: 'X'}], 3);
    expect(tracker.place(1, document.lines)).toEqual({line: 2, isChanged: true});
    document.update([{range: {start: {line: 2, character: 4}, end: {line: 2, character: 5}}, text: ''}], 4);
    document.update([{range: {start: {line: 2, character: 0}, end: {line: 2, character: 0}}, text: '    '}], 5);
    expect(tracker.place(1, document.lines)).toEqual({line: 2, isChanged: false});
    expect(lineKey(document.lines[2] ?? '')).toBe(layer);
  });
});
