import {describe, expect, it} from 'vitest';
import {bucketFlag, trackColumns, updateTrackColumns, type PanelView, type TrackColumn} from '../../../src/protocol/panel';
import {openRun, RunReader} from '../../../src/runs/runReader';
import {readLaunch} from '../../../src/runs/launchFile';
import {runLosses} from '../../../src/runs/runSummary';
import {ViewSlices} from '../../../src/runs/window/viewSlices';
import {PanelData, type RunData} from '../../../webview/panel/runData';
import {parameterOf, parameterRow, RunFolder, stepRow, temporaryStore, type Row} from '../../support/runFolder';

const RUN = '20261124-101500-abcd';
const PARAMETERS = ['a/kernel', 'a/bias', 'b/kernel'];

/** Numbers from 0 to 1 that are the same each time (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function value(random: () => number, odd: number): number {
  const draw = random();
  if (draw < odd) return [NaN, Infinity, -Infinity][Math.floor(random() * 3)] ?? NaN;
  return (random() - 0.5) * 10 ** Math.floor(random() * 6);
}

interface RunRecord {
  steps: Row[];
  rows: Row[];
  histograms: Row[];
  updates: Row[];
}

/** A record with gaps, two optimizers of which one has no loss at times, and values of every kind. */
function record(seed: number, length: number): RunRecord {
  const random = randomOf(seed);
  const result: RunRecord = {steps: [], rows: [], histograms: [], updates: []};
  for (let step = 1; step <= length; step++) {
    if (random() < 0.05) continue;
    const optimizer = random() < 0.3 ? 1 : 0;
    result.steps.push(stepRow(step, {loss: value(random, 0.1), norm: Math.abs(value(random, 0.05)), optimizer}));
    for (let parameter = 0; parameter < PARAMETERS.length; parameter++) {
      if (random() < 0.2) continue;
      const counts = {nan: random() < 0.05 ? 3 : 0, posInf: random() < 0.05 ? 1 : 0, negInf: random() < 0.02 ? 2 : 0, zeros: Math.floor(random() * 5)};
      result.rows.push(parameterRow(step, parameter, {mean: value(random, 0.05), std: Math.abs(value(random, 0.05)), min: Math.fround(value(random, 0.05)), max: Math.fround(value(random, 0.05)), norm: Math.abs(value(random, 0.05)), normAfter: random(), ...counts}));
    }
    if (random() < 0.3) {
      result.histograms.push({step, parameter: 0, bins: [1, 5, step % 900], counts: [step, 2, 3]});
      for (const parameter of [0, 1]) result.updates.push({step, parameter, weightNorm: 1 + random(), updateNorm: random(), cosine: step === 1 ? NaN : 2 * random() - 1, secondMomentRms: random() < 0.5 ? NaN : random(), deadUnits: random()});
    }
  }
  return result;
}

function folderOf(): RunFolder {
  return new RunFolder(temporaryStore(), RUN).parameters(...PARAMETERS.map((name, index) => parameterOf(index, name)));
}

function write(folder: RunFolder, {steps, rows, histograms, updates}: RunRecord, from: number, to: number): void {
  const inside = (row: Row): boolean => Number(row.step) > from && Number(row.step) <= to;
  const parts = [steps, rows, histograms, updates].map((all) => all.filter(inside));
  if (parts[0]?.length) folder.steps(parts[0]);
  if (parts[1]?.length) folder.rows(parts[1]);
  if (parts[2]?.length) folder.histograms(parts[2]);
  if (parts[3]?.length) folder.updates(parts[3]);
}

function viewOf(parts: Partial<PanelView> = {}): PanelView {
  return {shown: [RUN], parameter: 'a/kernel', window: null, buckets: 64, heatBuckets: 32, ...parts};
}

function pageOf(reader: RunReader, view: PanelView, slices = new ViewSlices(1, view), page = new PanelData()): RunData {
  const newest = reader.steps.column('step').reduce((a, b) => Math.max(a, b), 0);
  for (const message of slices.take([reader], newest)) page.merge(message);
  return page.of(RUN);
}

/** All that a page holds, by name. */
function contents({losses, norms, heat, tracks, updates, histograms}: RunData) {
  const curves = (list: RunData['losses']) => list.map(({grid, value: values, low, high, flags}) => ({grid, values: [...values], low: [...low], high: [...high], flags: [...flags]}));
  return {
    losses: curves(losses), norms: curves(norms),
    heat: {grid: heat.grid, norm: [...heat.norm], flags: [...heat.flags]},
    tracks: [...tracks].map(([name, track]) => ({name, grid: track.grid, columns: trackColumns.map((column) => [...track.column(column)])})),
    updates: [...updates].map(([name, all]) => ({name, grid: all.grid, columns: updateTrackColumns.map((column) => [...all.column(column)])})),
    histograms: [...histograms].map(([name, all]) => ({name, steps: [...all.steps], offsets: [...all.offsets], bins: [...all.bins], counts: [...all.counts]})),
  };
}

type Kind = 'mean' | 'low' | 'high';

/** What a bucket has to show, straight from the values that fell into it. */
function reduced(values: number[], kind: Kind): number {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return values.at(-1) ?? NaN;
  return kind === 'low' ? Math.min(...finite) : kind === 'high' ? Math.max(...finite) : finite.reduce((sum, one) => sum + one / finite.length, 0);
}

function near(actual: number | undefined, expected: number): void {
  if (!Number.isFinite(expected)) expect(actual).toBe(expected);
  else expect(Math.abs((actual ?? NaN) - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)) * 1e3);
}

const trackSources: Record<TrackColumn, [keyof Row & string, Kind]> = {
  mean: ['mean', 'mean'], std: ['std', 'mean'], min: ['min', 'low'], max: ['max', 'high'], norm: ['norm', 'high'], normLow: ['norm', 'low'],
  normAfter: ['normAfter', 'high'], zeros: ['zeros', 'high'], nan: ['nan', 'high'], negInf: ['negInf', 'high'], posInf: ['posInf', 'high'],
};

function expectRecord(page: RunData, reader: RunReader, {rows, steps, histograms, updates}: RunRecord, view: PanelView): void {
  const [from, to] = view.window ? [view.window.from, view.window.to] : [1, Infinity];
  const inBucket = (grid: {first: number; width: number}, bucket: number) => (step: number): boolean => step >= from && step <= to && Math.floor((step - grid.first) / grid.width) === bucket;
  const curves = runLosses(reader);
  expect(page.losses.length).toBe(curves.length);
  page.losses.forEach((curve, i) => {
    const {step, loss} = curves[i] ?? {step: [], loss: []};
    for (let bucket = 0; bucket < curve.buckets; bucket++) {
      const isIn = inBucket(curve.grid, bucket);
      const values = [...loss].filter((_, k) => isIn(step[k] ?? NaN));
      near(curve.value[bucket], reduced(values, 'mean'));
      near(curve.low[bucket], reduced(values, 'low'));
      near(curve.high[bucket], reduced(values, 'high'));
      expect(curve.flags[bucket]).toBe((values.some(Number.isNaN) ? bucketFlag.nan : 0) | (values.some((one) => Math.abs(one) === Infinity) ? bucketFlag.infinite : 0));
    }
  });
  const flagsOf = (of: Row[]): number => of.reduce((held, row) => held | (Number(row.nan) > 0 || Number.isNaN(row.norm) ? bucketFlag.nan : 0) | (Number(row.negInf) + Number(row.posInf) > 0 || Math.abs(Number(row.norm)) === Infinity ? bucketFlag.infinite : 0), 0);
  const {heat} = page;
  expect(heat.parameters).toBe(PARAMETERS.length);
  for (let bucket = 0; bucket < heat.buckets; bucket++) {
    const isIn = inBucket(heat.grid, bucket);
    for (let parameter = 0; parameter < PARAMETERS.length; parameter++) {
      const inside = rows.filter((row) => row.parameter === parameter && isIn(Number(row.step)));
      const at = bucket * PARAMETERS.length + parameter;
      expect(heat.norm[at]).toBe(Math.fround(reduced(inside.map((row) => Number(row.norm)), 'high')));
      expect(heat.flags[at]).toBe(flagsOf(inside));
    }
  }
  const [norm] = page.norms;
  for (let bucket = 0; bucket < (norm?.buckets ?? 0); bucket++) {
    const isIn = inBucket(norm?.grid ?? {first: 1, width: 1}, bucket);
    const values = steps.filter(({step}) => isIn(Number(step))).map((row) => Number(row.norm));
    near(norm?.high[bucket], reduced(values, 'high'));
    const own = values.reduce((held, one) => held | (Number.isNaN(one) ? bucketFlag.nan : Number.isFinite(one) ? 0 : bucketFlag.infinite), 0);
    expect((norm?.flags[bucket] ?? 0) & own).toBe(own);
  }
  const index = PARAMETERS.indexOf(view.parameter ?? '');
  const track = page.tracks.get(view.parameter ?? '');
  for (let bucket = 0; bucket < (track?.buckets ?? 0); bucket++) {
    const isIn = inBucket(track?.grid ?? {first: 1, width: 1}, bucket);
    const inside = rows.filter((row) => row.parameter === index && isIn(Number(row.step)));
    for (const column of trackColumns) {
      const [source, kind] = trackSources[column];
      near(track?.column(column)[bucket], reduced(inside.map((row) => Number(row[source])), kind));
    }
  }
  const sampled = page.updates.get('a/kernel');
  for (let bucket = 0; bucket < (sampled?.buckets ?? 0); bucket++) {
    const isIn = inBucket(sampled?.grid ?? {first: 1, width: 1}, bucket);
    const inside = updates.filter((row) => row.parameter === 0 && isIn(Number(row.step)));
    near(sampled?.column('updateRatio')[bucket], reduced(inside.map(({updateNorm, weightNorm}) => Number(updateNorm) / Number(weightNorm)), 'high'));
    for (const [column, kind] of [['secondMomentRms', 'high'], ['cosine', 'mean'], ['deadUnits', 'high']] as const) near(sampled?.column(column)[bucket], reduced(inside.map((row) => Number(row[column])), kind));
  }
  const drawn = page.histograms.get('a/kernel');
  for (const [i, step] of [...(drawn?.steps ?? [])].entries()) {
    const source = histograms.find((row) => row.step === step);
    expect([...(drawn?.counts ?? []).slice(drawn?.offsets[i], drawn?.offsets[i + 1])]).toEqual(source?.counts);
  }
}

describe('slices of a run', () => {
  for (const [length, buckets] of [[40, 64], [64, 64], [65, 64], [700, 64], [1_000, 16]] as const) {
    it(`${length} steps in at most ${buckets} buckets hold what the record holds`, () => {
      const folder = folderOf();
      const all = record(length, length);
      write(folder, all, 0, length);
      const reader = openRun(folder.dir);
      const view = viewOf({buckets, heatBuckets: 32});
      const page = pageOf(reader, view);
      expectRecord(page, reader, all, view);
      expect(page.losses[0]?.buckets).toBeLessThanOrEqual(buckets);
      expect(page.losses[0]?.grid.width).toBe(2 ** Math.max(0, Math.ceil(Math.log2(length / buckets))));
      expect(page.heat.buckets).toBeGreaterThan(0);
      expect(page.tracks.get('a/kernel')?.buckets).toBeGreaterThan(0);
      expect(page.updates.get('a/kernel')?.buckets).toBeGreaterThan(0);
      expect(page.histograms.get('a/kernel')?.samples).toBeGreaterThan(0);
    });
  }

  it('with a bucket a step every value is the recorded one, to the bit', () => {
    const folder = folderOf();
    const all = record(5, 60);
    write(folder, all, 0, 60);
    const page = pageOf(openRun(folder.dir), viewOf());
    for (const row of all.rows.filter(({parameter}) => parameter === 0)) {
      for (const column of trackColumns) expect(page.tracks.get('a/kernel')?.column(column)[Number(row.step) - 1]).toBe(row[trackSources[column][0]]);
    }
    for (const row of all.steps) expect(page.norms[0]?.value[Number(row.step) - 1]).toBe(row.norm);
  });

  for (const window of [{from: 100, to: 160}, {from: 100.4, to: 500.6}, {from: 690, to: 2_000}, {from: 5_000, to: 6_000}, {from: 300, to: 300}, {from: 400, to: 200}]) {
    it(`of a window ${window.from} … ${window.to} only the steps inside are there`, () => {
      const folder = folderOf();
      const all = record(3, 700);
      write(folder, all, 0, 700);
      const reader = openRun(folder.dir);
      const view = viewOf({window});
      const page = pageOf(reader, view);
      expectRecord(page, reader, all, {...view, window: {from: Math.min(window.from, window.to), to: Math.max(window.from, window.to)}});
      const [low, high] = [Math.min(window.from, window.to), Math.max(window.from, window.to)];
      const inside = all.rows.filter((row) => row.parameter === 0 && Number(row.step) >= low && Number(row.step) <= high).length;
      if (inside === 0) expect(page.tracks.get('a/kernel')?.buckets).toBe(0);
      for (const step of page.histograms.get('a/kernel')?.steps ?? []) expect(step >= low && step <= high).toBe(true);
    });
  }

  it('a page that got deltas while the run grew shows what a page that is opened now shows', () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const random = randomOf(seed);
      const length = 20 + Math.floor(random() * 900);
      const folder = folderOf();
      const all = record(seed, length);
      const view = viewOf({window: seed % 3 === 0 ? {from: 50, to: 260} : null});
      const reader = new RunReader(folder.dir, readLaunch(folder.dir));
      const slices = new ViewSlices(1, view);
      const page = new PanelData();
      for (let step = 0; step < length;) {
        const next = Math.min(length, step + 1 + Math.floor(random() ** 3 * 200));
        write(folder, all, step, next);
        step = next;
        reader.refresh();
        pageOf(reader, view, slices, page);
        if (random() < 0.1 || step === length) expect(contents(page.of(RUN))).toEqual(contents(pageOf(openRun(folder.dir), view)));
      }
    }
  });

  it('a delta is as small as the news', () => {
    const folder = folderOf();
    const all = record(8, 400);
    write(folder, all, 0, 399);
    const reader = openRun(folder.dir);
    const slices = new ViewSlices(1, viewOf({buckets: 512, heatBuckets: 512}));
    slices.take([reader], 399);
    expect(slices.take([reader], 399)).toEqual([]);
    folder.steps([stepRow(400)]).rows([parameterRow(400, 0), parameterRow(400, 1), parameterRow(400, 2)]);
    reader.refresh();
    const news = slices.take([reader], 400);
    expect(news.map(({type}) => type)).toEqual(['curve', 'curve', 'heat', 'track']);
    for (const message of news) if (message.type !== 'histograms') expect(message.from).toBeGreaterThanOrEqual(397);
    for (const message of news) if (message.type === 'heat') expect(message.norm.buffer.byteLength).toBe(message.norm.byteLength);
  });

  it('losses that no optimizer saw are those that the script reported', () => {
    const folder = folderOf();
    folder.steps([1, 2, 3, 4].map((step) => stepRow(step, {loss: NaN})));
    folder.event({type: 'metric', step: 2, source: 'epoch', epoch: 0, batch: null, values: {loss: 0.5}}, {type: 'metric', step: 4, source: 'epoch', epoch: 1, batch: null, values: {loss: NaN}});
    const reader = openRun(folder.dir);
    const [loss] = pageOf(reader, viewOf()).losses;
    expect([...(loss?.value ?? [])]).toEqual([NaN, 0.5, NaN, NaN]);
    expect([...(loss?.flags ?? [])]).toEqual([0, 0, 0, bucketFlag.nan]);
  });

  it('a loss that an optimizer shows after others were reported takes their place', () => {
    const folder = folderOf();
    const reader = openRun(folder.dir);
    const view = viewOf();
    const slices = new ViewSlices(1, view);
    const page = new PanelData();
    folder.steps([stepRow(1, {loss: NaN}), stepRow(2, {loss: NaN})]).event({type: 'metric', step: 2, source: 'log', epoch: null, batch: null, values: {loss: 9}});
    reader.refresh();
    expect([...(pageOf(reader, view, slices, page).losses[0]?.value ?? [])]).toEqual([NaN, 9]);
    folder.steps([stepRow(3, {loss: 0.25})]);
    reader.refresh();
    expect([...(pageOf(reader, view, slices, page).losses[0]?.value ?? [])]).toEqual([NaN, NaN, 0.25]);
    expect(contents(page.of(RUN))).toEqual(contents(pageOf(openRun(folder.dir), view)));
  });

  it('of a run that is not drawn layer by layer only loss and norm are sent, and parameters that come late are taken in', () => {
    const folder = folderOf();
    write(folder, record(2, 30), 0, 30);
    const reader = openRun(folder.dir);
    expect(new ViewSlices(1, viewOf({shown: []})).take([reader], 30).every(({type}) => type === 'curve')).toBe(true);
    const view = viewOf();
    const slices = new ViewSlices(1, view);
    const page = new PanelData();
    pageOf(reader, view, slices, page);
    folder.parameters(parameterOf(3, 'c/kernel')).rows([parameterRow(31, 3, {norm: 7})]).steps([stepRow(31)]);
    reader.refresh();
    const {heat} = pageOf(reader, view, slices, page);
    expect(heat.parameters).toBe(4);
    expect(heat.norm[30 * 4 + 3]).toBe(7);
  });

  it('a norm beyond the largest float32 stays a number', () => {
    const folder = folderOf();
    folder.steps([stepRow(1)]).rows([parameterRow(1, 0, {norm: 1e200})]);
    const {heat} = pageOf(openRun(folder.dir), viewOf());
    expect(Number.isFinite(heat.norm[0])).toBe(true);
    expect(heat.flags[0]).toBe(0);
  });
});
