import {mkdirSync, mkdtempSync, symlinkSync, utimesSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import type {Finding} from '../../../src/protocol/finding';
import {binOf} from '../../../src/protocol/histogram';
import {defaultSingSettings, type SingSettings} from '../../../src/protocol/sing';
import {codeExcerpt, siteText} from '../../../src/runs/report/codeExcerpt';
import {groupFindings} from '../../../src/runs/report/findingGroup';
import {histogramGrids} from '../../../src/runs/report/histogramGrid';
import {html, raw} from '../../../src/runs/report/html';
import {lossText, numberText} from '../../../src/runs/report/numberText';
import {parameterTrack} from '../../../src/runs/report/parameterTrack';
import {trackFlag} from '../../../src/runs/report/reportData';
import {reportView} from '../../../src/runs/report/reportView';
import {limitsOf, verdictOf} from '../../../src/runs/report/reportText';
import {singSwitches, switchSentences} from '../../../src/runs/report/singSwitches';
import {meanCurve, stepGrid, thinCurve} from '../../../src/runs/report/seriesThinning';
import {openRun} from '../../../src/runs/runReader';
import {parameterOf, parameterRow, RunFolder, stepRow, temporaryStore} from '../../support/runFolder';
import {writeTrialRuns} from '../../support/trialRuns';

const floats = (packed: string): number[] => Array.from(new Float32Array(new Uint8Array(Buffer.from(packed, 'base64')).buffer));
const range = (from: number, to: number): number[] => Array.from({length: to - from + 1}, (_, i) => from + i);

describe('thinning', () => {
  test('a short curve stays as it is', () => {
    expect(thinCurve([1, 2, 3], [5, NaN, 4], 900)).toEqual({step: [1, 2, 3], value: [5, NaN, 4]});
  });

  test('a long one keeps every extreme and the first non-finite value of each bucket, in order', () => {
    const steps = range(1, 10_000);
    const values = steps.map((step) => (step === 4321 ? 1e9 : step === 7777 ? -1e9 : step >= 8000 && step < 8003 ? NaN : Math.sin(step)));
    const thin = thinCurve(steps, values, 900);
    expect(thin.step.length).toBeLessThanOrEqual(900);
    expect(thin.value[thin.step.indexOf(4321)]).toBe(1e9);
    expect(thin.value[thin.step.indexOf(7777)]).toBe(-1e9);
    expect(thin.value[thin.step.indexOf(8000)]).toBeNaN();
    expect([...thin.step].sort((a, b) => a - b)).toEqual(thin.step);
  });

  test('a mean stands only where every curve has finite values', () => {
    const grid = stepGrid(1, 6, 3);
    expect(grid).toEqual({first: 1, width: 2, buckets: 3, last: 6});
    const mean = meanCurve([
      {step: [1, 2, 3, 4, 5, 6], value: [1, 3, 5, 7, 9, 11]},
      {step: [1, 2, 3, 4], value: [3, 5, NaN, 9]},
    ], grid);
    expect(mean.step).toEqual([1.5, 3.5, 5.5]);
    expect(mean.value).toEqual([3, NaN, NaN]);
  });

  test('a track keeps the extremes of each bucket and what was not finite', () => {
    const folder = new RunFolder(temporaryStore(), '20261124-101500-a1b2').parameters(parameterOf(0, 'a/kernel'))
      .rows([
        parameterRow(1, 0, {mean: 1, std: 2, min: -1, max: 1, norm: 3, normAfter: 1}), parameterRow(2, 0, {mean: 3, std: 4, min: -9, max: 5, norm: 70, normAfter: 1}),
        parameterRow(5, 0, {mean: 7, std: 8, min: -2, max: 2, norm: 1, normAfter: 1, nan: 3, negInf: 1}),
      ]).end();
    const track = parameterTrack(openRun(folder.dir).series(0), stepGrid(1, 6, 3));
    expect(floats(track.mean)).toEqual([2, NaN, 7]);
    expect(floats(track.std)).toEqual([3, NaN, 8]);
    expect(floats(track.min)).toEqual([-9, NaN, -2]);
    expect(floats(track.max)).toEqual([5, NaN, 2]);
    expect(floats(track.norm)).toEqual([70, NaN, 1]);
    expect(floats(track.normLow)).toEqual([3, NaN, 1]);
    expect(floats(track.normAfter)).toEqual([1, NaN, 1]);
    expect(Array.from(Buffer.from(track.flags, 'base64'))).toEqual([0, 0, trackFlag.nan | trackFlag.infinite]);
  });
});

test('histograms of two runs stand on one ladder, and every value in its octave', () => {
  const histogram = (step: number, parts: [number, number][]): {step: number; bins: Uint16Array; counts: Uint32Array} => {
    const sorted = parts.map(([value, count]) => ({bin: binOf(value), count})).sort((a, b) => a.bin - b.bin);
    return {step, bins: Uint16Array.from(sorted, ({bin}) => bin), counts: Uint32Array.from(sorted, ({count}) => count)};
  };
  const [first, second, none] = histogramGrids([
    [histogram(1, [[0, 10], [3, 20], [-3, 30], [0.4, 40]])],
    [histogram(1, [[0.05, 1], [Infinity, 5]]), histogram(9, [[-0.05, 1]])],
    [],
  ]);
  expect(none).toBeNull();
  expect(first?.edges).toEqual(second?.edges);
  expect(first?.top).toBe(4);
  const share = (grid: typeof first, column: number, value: number): number => {
    const edges = grid?.edges ?? [];
    const row = edges.filter((edge) => value >= edge).length - 1;
    return ((Buffer.from(grid?.shares ?? '', 'base64')[column * edges.length + row] ?? 0) / 255) * (grid?.largestShare ?? 0);
  };
  expect([0, 3, -3, 0.4].map((value) => Math.round(share(first, 0, value) * 100))).toEqual([10, 20, 30, 40]);
  expect([share(second, 0, 0.05), share(second, 1, -0.05)]).toEqual([1, 1]);
});

describe('code excerpts', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'singscope-code-'));
  const other = mkdtempSync(join(tmpdir(), 'singscope-secret-'));
  writeFileSync(join(cwd, 'model.js'), range(1, 20).map((line) => `line ${line}`).join('\n'));
  writeFileSync(join(other, 'secret.txt'), 'a\nsecret\nb\n');
  symlinkSync(join(other, 'secret.txt'), join(cwd, 'link.js'));
  mkdirSync(join(cwd, 'sub'));
  utimesSync(join(cwd, 'model.js'), 100, 100);
  const at = (file: string, line: number): {file: string; line: number; column: number} => ({file, line, column: 1});

  test('show the lines around, and mark the one that is meant', () => {
    const excerpt = codeExcerpt(at(join(cwd, 'model.js'), 10), cwd, 200_000);
    expect(excerpt?.lines.map(({number}) => number)).toEqual([7, 8, 9, 10, 11, 12, 13]);
    expect(excerpt?.lines.filter(({marked}) => marked)).toEqual([{number: 10, text: 'line 10', marked: true}]);
    expect(excerpt?.changed).toBe(false);
    expect(codeExcerpt(at('model.js', 1), cwd, 0)?.lines.length).toBe(4);
    expect(codeExcerpt(at('model.js', 1), cwd, 0)?.changed).toBe(true);
  });

  test.each([[join(other, 'secret.txt'), 2], ['link.js', 2], ['../secret.txt', 1], [join(cwd, 'sub/../../', 'x'), 1], ['sub', 1], ['gone.js', 1], ['model.js', 0], ['model.js', 21], ['', 1]])(
    'never show %s, line %d', (file, line) => {
      expect(codeExcerpt(at(file, line), cwd, 0)).toBeNull();
    });

  test('paths are shown from the folder of the run', () => {
    expect(siteText(at(join(cwd, 'sub', 'net.js'), 3), cwd)).toBe('sub/net.js:3');
    expect(siteText(at('/elsewhere/net.js', 3), cwd)).toBe('/elsewhere/net.js:3');
  });
});

test('all that is not our own HTML is escaped', () => {
  expect(html`<p title="${'"\''}">${'<b>&'}${raw('<i>')}${null}${false}${[1, html`<u>${'<'}</u>`]}</p>`.text).toBe('<p title="&quot;&#39;">&lt;b&gt;&amp;<i>1<u>&lt;</u></p>');
});

test('numbers for people', () => {
  expect([null, NaN, Infinity, -Infinity, 0, 0.5, -0.000012, 1234.5, 2e6].map(numberText)).toEqual(['–', 'NaN', '∞', '−∞', '0', '0.5', '−1.2e−5', '1,235', '2.0e6']);
  expect([2.3, 0.0123, 12.34, 1e-7, NaN].map(lossText)).toEqual(['2.30', '0.0123', '12.3', '1.0e−7', 'NaN']);
});

test('the same finding in several seeds is told once, and where', () => {
  const trial = writeTrialRuns({steps: 30, layers: 2, seeds: [1, 2, 3], nanFrom: 12});
  const view = reportView(trial.readers, trial.summary);
  const groups = groupFindings(view.arms);
  expect(groups.length).toBe(1);
  expect(groups[0]).toMatchObject({rule: 'non-finite', layer: 'dense_1', arms: [{label: 'SING off', runs: 3, ofRuns: 3}], firstStep: 12});
  expect(verdictOf(view).headline).toBe('With SING off, 3 of 3 runs diverged; with SING on, none.');
  expect(limitsOf(view).join(' ')).toMatch(/3 seeds an arm can’t prove/);
  const worded = (pValue: number, effect: number, pairs = 3): string => verdictOf(reportView(trial.readers.filter(({launch}) => launch.arm === 'on'), {
    ...trial.summary, arms: trial.summary.arms.map((arm) => ({...arm, runs: trial.summary.arms[1]?.runs ?? []})), verdict: {winner: 'none', pValue, effect, pairs, text: ''},
  })).headline;
  expect(worded(0.25, 0.5)).toBe('SING did better here, but 3 pairs of runs can’t prove it.');
  expect(worded(0.25, -0.5)).toBe('SING did worse here, but 3 pairs of runs can’t prove it.');
  expect(worded(0.5, 0.5)).toBe('No proven difference between the arms.');
  expect(worded(0.25, 0.001)).toBe('No proven difference between the arms.');
  expect(worded(1, -0.5, 1)).toBe('SING did worse here, but 1 pair of runs can’t prove it.');
  expect(worded(1, 0, 0)).toBe('There is nothing to compare.');
  const winner = reportView(trial.readers, {...trial.summary, verdict: {winner: 'on', pValue: 0.03, effect: 1, pairs: 6, text: 'SING on ended lower in 6 of 6 seeds.'}});
  expect(verdictOf(winner)).toEqual({headline: 'SING trains this network better.', lead: 'SING on ended lower in 6 of 6 seeds.'});
  const alone = reportView(trial.readers.slice(0, 1), null);
  expect(verdictOf(alone).headline).toBe('Trouble from step 12: values stopped being numbers around dense_1 (model.js:3).');
});

test('of a run without findings no more is said than what was checked', () => {
  const folder = new RunFolder(temporaryStore(), '20261124-101500-a1b2').steps(range(1, 50).map((step) => stepRow(step))).end();
  expect(verdictOf(reportView([openRun(folder.dir)], null))).toEqual({
    headline: 'No rule found an instability in 50 steps.', lead: 'The run finished. Over 50 steps the loss fell from 1.00 to 0.0200.',
  });
});

describe('a run with findings', () => {
  const finding = (parts: Partial<Finding>): Finding => ({
    id: 'x', rule: 'exploding', severity: 'warning', onsetStep: 1, step: 1, layer: 'dense_4', parameter: 'dense_4/kernel', site: null, value: 141, baseline: 1,
    message: 'dense_4 starts with large weights', confidence: 0.8, ...parts,
  });
  const viewOf = (losses: number[], ...findings: Finding[]): ReturnType<typeof reportView> => {
    const folder = new RunFolder(temporaryStore(), '20261124-101500-a1b2').steps(losses.map((loss, i) => stepRow(i + 1, {loss})))
      .event(...findings.map((one) => ({type: 'finding' as const, finding: one}))).end();
    return reportView([openRun(folder.dir)], null);
  };
  const falling = range(1, 50).map((step) => 1 / step);

  test('a warning makes no trouble of the whole run, and no peace either', () => {
    expect(verdictOf(viewOf(falling, finding({}))).headline).toBe('1 warning in 50 steps: values out of bounds around dense_4.');
    expect(verdictOf(viewOf(falling, finding({rule: 'spike', layer: null, onsetStep: 30}), finding({}))).headline)
      .toBe('2 warnings in 50 steps, the first: values out of bounds around dense_4.');
  });

  test('a loss that diverged is not put down to an earlier warning', () => {
    expect(verdictOf(viewOf([...falling, NaN], finding({}))).headline).toBe('The loss diverged.');
  });

  test('an error comes first, and apart from a warning of the same rule and layer', () => {
    const view = viewOf(falling, finding({}), finding({severity: 'error', onsetStep: 1200, message: 'The loss rose'}));
    expect(groupFindings(view.arms).map(({severity, message, firstStep}) => [severity, message, firstStep])).toEqual([
      ['error', 'The loss rose', 1200], ['warning', 'dense_4 starts with large weights', 1],
    ]);
    expect(verdictOf(view).headline).toBe('Trouble from step 1,200: values out of bounds around dense_4.');
  });
});

describe('switches of SING', () => {
  const folderOf = (switches: [step: number, changed: Partial<SingSettings>][], id = '20261124-101500-a1b2', store = temporaryStore()): ReturnType<typeof openRun> => {
    const settings: SingSettings = {...defaultSingSettings};
    const folder = new RunFolder(store, id, {sing: {...settings}}).steps(range(1, 600).map((step) => stepRow(step)));
    folder.event({type: 'sing', step: 0, settings: {...settings}});
    for (const [step, changed] of switches) folder.event({type: 'sing', step, settings: {...Object.assign(settings, changed)}});
    return openRun(folder.end().dir);
  };

  test('are said with the first step that they hold for', () => {
    expect(singSwitches(folderOf([[224, {mode: 'on'}], [519, {mode: 'off'}]]))).toBe('SING was off, on from step 225, off from step 520');
  });

  test('name the part that was switched', () => {
    expect(singSwitches(folderOf([[9, {mode: 'on', normalize: false}], [99, {normalize: 'std', centralize: 'always'}], [199, {exclude: ['out/*', 'embed']}], [299, {exclude: [], weightDecay: 0.01}]])))
      .toBe('SING was off, on and normalizing off from step 10, centralizing always and normalizing by std from step 100, exclusions out/* embed from step 200, weight decay 0.01 and exclusions none from step 300');
  });

  test('that no step saw are none', () => {
    expect(singSwitches(folderOf([]))).toBeNull();
    expect(singSwitches(folderOf([[600, {mode: 'on'}]]))).toBeNull();
    expect(singSwitches(folderOf([[0, {mode: 'on'}]]))).toBeNull();
    expect(singSwitches(folderOf([[50, {mode: 'on'}], [50, {mode: 'off'}]]))).toBeNull();
  });

  test('are said for the runs that had them', () => {
    const store = temporaryStore();
    const still = folderOf([], '20261124-101500-a1b2', store);
    const switched = folderOf([[224, {mode: 'on'}]], '20261124-101501-a1b2', store);
    expect(switchSentences(reportView([still, switched], null))).toEqual(['SING on, run 1: SING was off, on from step 225.']);
    expect(switchSentences(reportView([switched], null))).toEqual(['SING was off, on from step 225.']);
  });
});
