import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {config} from '@vscode/l10n';
import {describe, expect, it, vi} from 'vitest';
import {trialVerdict} from '../../../src/diagnosis/verdict';
import type {PanelRun} from '../../../src/protocol/panel';
import type {ArmName} from '../../../src/protocol/runSummary';
import {noticeText, verdictText} from '../../../webview/panel/engineWords';

vi.mock('vscode', async () => ({l10n: await import('@vscode/l10n')}));

const root = join(__dirname, '../../..');
/** What only a terminal can do. */
const TERMINAL = /--[a-z]|`singscope|singscope (?:run|runs|ab|runtime|doctor|exec|set|stop|report)\b/;

const TEXT = /(?:'(?<plain>(?:[^'\\]|\\.)*)'|`(?<filled>(?:[^`\\]|\\.)*)`)/.source;

/** Texts that stand in the rooms behind a code, with something in place of what is filled in. */
function textsOf(rooms: readonly string[], behind: string): {code: string; message: string}[] {
  const files = rooms.flatMap((room) => readdirSync(join(root, 'src', room), {recursive: true, encoding: 'utf8'}).filter((file) => file.endsWith('.ts')).map((file) => join(root, 'src', room, file)));
  return files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(new RegExp(behind + TEXT, 'g'))].map(({groups = {}}) => {
    const text = groups['plain'] ?? groups['filled']?.replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, 'thing') ?? '';
    return {code: groups['code'] ?? '', message: text.replaceAll(/\\(.)/g, '$1')};
  }));
}

describe('a notice of the engine', () => {
  const notices = [
    ...textsOf(['worker'], String.raw`type: 'notice',\s*code: '(?<code>[a-z-]+)',\s*message: `),
    ...textsOf(['runs'], String.raw`code: '(?<code>[a-z-]+)',\s*message: `),
    ...textsOf(['worker'], String.raw`(?:notice|#tell)\((?:[^,()]+, )?'(?<code>[a-z-]+)', `),
  ];

  it('has words of the editor, whatever its code', () => {
    expect(notices.length).toBeGreaterThan(12);
    expect(notices.map(noticeText).filter((text) => TERMINAL.test(text))).toEqual([]);
    config({fsPath: join(root, 'l10n/bundle.l10n.ja.json')});
    const foreign = notices.filter((notice) => !/[ぁ-ん]/.test(noticeText(notice)));
    config({contents: {}});
    expect(foreign).toEqual([]);
  });

  it('keeps what it says of this run', () => {
    expect(noticeText({code: 'fallback-runtime', message: '@tensorflow/tfjs-node can\'t load (no libtensorflow (x)): running on pure JavaScript, which is much slower. Run `singscope runtime install` now.'}))
      .toMatch(/^@tensorflow\/tfjs-node can't be loaded \(no libtensorflow \(x\)\): .*pure JavaScript/);
  });

  it('stays as it is where its code is not known here', () => {
    expect(noticeText({code: 'of-tomorrow', message: 'Something new.'})).toBe('Something new.');
  });
});

describe('a failure of the engine', () => {
  it('names no option of the command line', async () => {
    const {engineText} = await import('../../../src/ui/engineWords');
    const failures = textsOf(['session', 'runs', 'runtime'], String.raw`new (?:Failure|RuntimeError|RunError)\((?:'(?<code>[a-z-]+)', )?`).map(({message}) => message);
    expect(failures.length).toBeGreaterThan(30);
    expect(failures.map(engineText).filter((text) => TERMINAL.test(text))).toEqual([]);
  });

  it.each([
    ['Node could not be started as /x/no (spawnSync /x/no ENOENT): set singscope.nodePath to the path of a Node 20 or newer.', '/x/no can\'t be started (spawnSync /x/no ENOENT)'],
    ['/x/node is Node 18.2.0, which is too old: set singscope.nodePath to the path of a Node 20 or newer.', '/x/node is Node 18.2.0, which is too old'],
    ['tf.whl can\'t be downloaded from pypi.org (connect (x) ETIMEDOUT): check the network and pip\'s proxy settings and run the command again; it goes on where it stopped.', 'tf.whl can\'t be downloaded from pypi.org (connect (x) ETIMEDOUT): check'],
    ['"../x" is no run id; `singscope runs list` shows the ids', '"../x" is no run id.'],
  ])('keeps what happened: %s', async (message, expected) => {
    const {engineText} = await import('../../../src/ui/engineWords');
    expect(engineText(message)).toContain(expected);
  });
});

describe('a verdict', () => {
  const run = (arm: ArmName, seed: number, diverged: boolean): PanelRun => ({arm, seed, diverged, steps: 10, status: 'finished'}) as unknown as PanelRun;
  const words = (pairs: readonly (readonly [off: number | null, on: number | null])[], more: readonly PanelRun[] = [], sameAs: number | null = null): string => {
    const outcome = (loss: number | null) => ({finalLoss: loss, diverged: loss === Infinity});
    const verdict = trialVerdict(pairs.map(([off, on], seed) => ({seed, off: outcome(off), on: outcome(on), sameAs: seed === 0 ? null : sameAs})), null);
    // As a message carries it.
    const carried = JSON.parse(JSON.stringify(verdict)) as typeof verdict;
    return verdictText({verdict: carried}, [...pairs.flatMap(([off, on], seed) => [run('off', seed, off === Infinity), run('on', seed, on === Infinity)]), ...more]);
  };
  const times = <T>(count: number, value: T): T[] => Array.from({length: count}, () => value);

  it('is as cautious as its test', () => {
    expect(words(times(2, [1, 0.5]))).toMatch(/^Training ended better with SING, but too few seeds prove nothing: 2 here, 6 are needed \(setting singscope.compare.seeds\). The final loss is lower by 0.5/);
    expect(words(times(2, [0.5, 1]))).toMatch(/^Training ended worse with SING, but .* The final loss is higher by 0.5/);
    expect(words([[1, 1], [1, 1]])).toMatch(/^No difference/);
    expect(words([1, 2, 3, 4, 5, 6].map((i) => [1, 1 - i / 10]))).toMatch(/^Training ends better with SING, over 6 seeds \(p = 0\.031\)/);
    expect(words([1, 2, 3, 4, 5, 6].map((i) => [1, 1 + i / 10]))).toMatch(/^Training ends worse with SING, over 6 seeds \(p = 0\.031\)/);
    expect(words([1, -2, 3, -4, 5, -6].map((i) => [1, 1 + i / 10]))).toMatch(/^No winner: over 6 seeds the difference is within chance/);
  });

  it('knows copies of one experiment, and trainings without a loss', () => {
    expect(words(times(6, [1, 1.3]), [], 0)).toMatch(/^The seed has no effect: all 6 seeds trained alike, and one pair of runs proves no winner\./);
    expect(words(times(6, [1, 1.3]), [], 0)).toMatch(/The final loss is higher by 0\.3 with SING/);
    expect(words(times(2, [null, null]))).toBe('No loss was seen in any run: there is nothing to compare. Report one with globalThis.singscope?.log({loss: value}).');
  });

  it('tells of runs that diverged, whose difference no number says', () => {
    expect(words(times(3, [Infinity, 0.5]))).toMatch(/^Training ended better with SING, but .* Diverged: 3 of 3 without SING, 0 of 3 with SING\./);
    expect(words(times(3, [0.5, Infinity]))).toMatch(/^Training ended worse with SING, but .* Diverged: 0 of 3 without SING, 3 of 3 with SING\./);
  });

  it('says so where nothing was compared, and whether one rate was', () => {
    expect(words([])).toBe('The script made no optimizer step in any run: there is nothing to compare.');
    expect(words([], [run('off', 1, false)])).toMatch(/^No seed came to its end in both arms/);
    expect(words(times(2, [1, 0.5]))).toMatch(/one learning rate/);
    expect(words(times(2, [1, 0.5]), [run('on', 1, false)])).not.toMatch(/one learning rate/);
  });

  it('is left to the engine where more than SING was tried', () => {
    const verdict = {winner: 'none' as const, pValue: null, effect: 0, pairs: 1, text: 'As the engine says it.'};
    expect(verdictText({verdict}, [run('off', 1, false), run('on', 1, false), run('full', 1, false)])).toBe(verdict.text);
    expect(verdictText({verdict}, [run('off', 1, false), run('clip', 1, false)])).toBe(verdict.text);
    expect(verdictText({verdict}, [run('off', 1, false), run('full', 1, false)])).toMatch(/^No difference/);
  });
});
