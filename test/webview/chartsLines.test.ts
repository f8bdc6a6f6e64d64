import {beforeEach, describe, expect, test} from 'vitest';
import type {LineChartData, LineSeries} from '../../webview/charts/chartData';
import type {DrawnSeries} from '../../webview/charts/linkedChart';
import {useCharts} from './chartsBrowser';

const opened = useCharts();
beforeEach(async () => { await opened.page.evaluate(() => { document.body.replaceChildren(); }); });

/** Numbers that JSON can't carry go as text. */
type Sent = {y: string[]; low?: string[]; high?: string[]; flags?: number[]};

interface Shown {
  drawn: DrawnSeries[];
  /** Whether something is painted within a pixel of each point of the first line. */
  inked: boolean[];
}

/** Draws lines of the given values at steps 1, 2, 3 …, all on one chart. */
async function drawLines(lines: Sent[], options: {logarithmic: boolean; width?: number; window?: {from: number; to: number}}): Promise<Shown> {
  const shown = await opened.page.evaluate(({lines, options: {logarithmic, width = 600, window}}) => {
    const chart = new charts.LineChart(charts.place(width, 240), charts.settings());
    const series = lines.map(({y, low, high, flags}, i): LineSeries => ({
      label: `line ${i}`, x: y.map((_, at) => at + 1), y: y.map(Number), band: low && high ? {low: low.map(Number), high: high.map(Number)} : null, flags: flags ?? null,
      color: i === 0 ? '#0b6e8a' : 'rebeccapurple', width: 2, dash: i === 0 ? [] : [4, 3], alpha: 1, endLabel: null, markRow: i,
    }));
    chart.update({series, yLabel: 'value', logarithmic, range: {from: 1, to: lines[0]?.y.length ?? 2}, baseline: null});
    if (window) chart.setWindow(window);
    const drawn = chart.canvas.drawn();
    const scale = devicePixelRatio;
    const ctx = chart.canvas.getContext('2d');
    const inked = (drawn[0]?.pixels ?? []).map(({x, y}) => Number.isFinite(y) && Array.from(ctx?.getImageData(Math.round(x * scale) - 1, Math.round(y * scale) - 1, 3, 3).data ?? []).some((value, at) => at % 4 === 3 && value > 60));
    return {inked, text: JSON.stringify(drawn, (_key, value: unknown) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value))};
  }, {lines, options});
  const drawn = JSON.parse(shown.text, (key, value: unknown) => (typeof value === 'string' && key !== 'label' && key !== 'kind' ? Number(value) : value)) as DrawnSeries[];
  return {drawn, inked: shown.inked};
}

function randomOf(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

const kinds: Record<string, (random: () => number) => number> = {
  'of one size': (random) => 1 + random(),
  'of both signs': (random) => (random() - 0.5) * 1e-3,
  'over forty magnitudes': (random) => 10 ** (random() * 40 - 20),
  subnormal: (random) => random() * 1e-310,
  'near the largest': (random) => (0.5 + random() / 2) * Number.MAX_VALUE,
  'of NaN, infinities and zeros among others': (random) => [NaN, Infinity, -Infinity, 0, -3, 2 + random(), 5, 0.1][Math.floor(random() * 8)] ?? NaN,
};

describe.each(Object.keys(kinds))('values %s', (kind) => {
  test.each([false, true])('are drawn where the scale puts them (logarithmic: %s)', async (logarithmic) => {
    const random = randomOf(kind.length);
    const y = Array.from({length: 200}, () => kinds[kind]?.(random) ?? NaN);
    const {drawn: [line, ...others], inked} = await drawLines([{y: y.map(String)}], {logarithmic});
    const isShown = (value: number): boolean => Number.isFinite(value) && (!logarithmic || value > 0);
    expect(line?.x).toEqual(y.map((_, i) => i + 1));
    expect(line?.y).toEqual(y.map((value) => (isShown(value) ? value : NaN)));
    const marks = others.filter((one) => one.kind === 'mark').map(({label, x: [at = NaN]}) => `${label} ${at}`);
    expect(marks).toEqual(y.flatMap((value, i) => {
      if (Number.isNaN(value)) return [`nan ${i + 1}`];
      if (!Number.isFinite(value)) return [`infinite ${i + 1}`];
      return logarithmic && value <= 0 ? [`zero ${i + 1}`] : [];
    }));
    // Pixels are a straight function of the step and of the value, or of its logarithm.
    const at = y.map((_, i) => i).filter((i) => isShown(y[i] ?? NaN));
    if (at.length < 2) return;
    // Halved, as the span of the largest values would be infinite.
    const size = (i: number): number => (logarithmic ? Math.log10(y[i] ?? NaN) : (y[i] ?? NaN) / 2);
    const lowest = at.reduce((a, b) => (size(b) < size(a) ? b : a));
    const highest = at.reduce((a, b) => (size(b) > size(a) ? b : a));
    const pixel = (i: number): {x: number; y: number} => line?.pixels[i] ?? {x: NaN, y: NaN};
    for (const i of at) {
      const share = size(highest) === size(lowest) ? 0 : (size(i) - size(lowest)) / (size(highest) - size(lowest));
      expect(pixel(i).y).toBeCloseTo(pixel(lowest).y + (pixel(highest).y - pixel(lowest).y) * share, 1);
      const [first, last] = [at[0] ?? 0, at.at(-1) ?? 0];
      expect(pixel(i).x).toBeCloseTo(pixel(first).x + ((pixel(last).x - pixel(first).x) * (i - first)) / (last - first), 1);
    }
    expect(at.filter((i) => !inked[i])).toEqual([]);
  });
});

test('a band lies between the extremes, and a bucket that held NaN is marked though it has a value', async () => {
  const y = Array.from({length: 50}, (_, i) => 10 + i);
  const {drawn} = await drawLines([{y: y.map(String), low: y.map((v) => String(v / 2)), high: y.map((v) => String(v * 2)), flags: y.map((_, i) => (i === 7 ? 1 : i === 9 ? 2 : 0))}, {y: y.map(() => 'NaN'), flags: y.map(() => 0)}], {logarithmic: true});
  const [line, low, high, empty, ...marks] = drawn;
  expect([line?.kind, low?.kind, high?.kind, empty?.kind]).toEqual(['line', 'low', 'high', 'line']);
  expect(line?.y).toEqual(y);
  expect(low?.y).toEqual(y.map((v) => v / 2));
  expect(high?.y).toEqual(y.map((v) => v * 2));
  y.forEach((_, i) => {
    expect(low?.pixels[i]?.y).toBeGreaterThan(line?.pixels[i]?.y ?? Infinity);
    expect(high?.pixels[i]?.y).toBeLessThan(line?.pixels[i]?.y ?? -Infinity);
  });
  // A gap without flags was not recorded: it is no NaN.
  expect(marks.map(({label, x: [at]}) => [label, at])).toEqual([['nan', 8], ['infinite', 10]]);
});

test('far more values than pixels are thinned to two a pixel, and every spike stays', async () => {
  const random = randomOf(5);
  const y = Array.from({length: 20_000}, () => 1 + random());
  const spikes = [3, 7777, 19_999];
  for (const at of spikes) y[at] = 50 + at;
  y[12_345] = 0.001;
  const {drawn: [line]} = await drawLines([{y: y.map(String)}], {logarithmic: false, width: 400});
  expect(line?.x.length).toBeLessThanOrEqual(800);
  expect(line?.x.length).toBeGreaterThan(300);
  line?.x.forEach((step, i) => { expect(line.y[i]).toBe(y[step - 1]); });
  expect(line?.x).toEqual([...(line?.x ?? [])].sort((a, b) => a - b));
  for (const at of [...spikes, 12_345]) expect(line?.x).toContain(at + 1);
});

test('a window shows its steps alone, on an axis of their values', async () => {
  const y = Array.from({length: 300}, (_, i) => (i < 100 ? 1000 : i));
  const {drawn: [line]} = await drawLines([{y: y.map(String)}], {logarithmic: false, window: {from: 200, to: 220}});
  expect(line?.x).toEqual(Array.from({length: 23}, (_, i) => 199 + i));
  const [first, last] = [line?.pixels[1], line?.pixels[21]];
  expect((last?.x ?? 0) - (first?.x ?? 0)).toBeGreaterThan(400);
  expect((first?.y ?? 0) - (last?.y ?? 0)).toBeGreaterThan(120);
});

test('a difference is that of common steps, with a line at zero; a ratio has it at one', async () => {
  const drawn = await opened.page.evaluate(() => {
    const chart = new charts.DifferenceChart(charts.place(500, 200), charts.settings());
    const data = {first: {x: [1, 2, 4, 6], y: [1, 2, 4, NaN]}, second: {x: [2, 3, 4, 6], y: [5, 9, 3, 7]}, label: 'on − off', yLabel: 'difference', color: '#0b6e8a', range: {from: 1, to: 6}};
    chart.update({...data, logarithmic: false});
    const linear = chart.canvas.drawn();
    chart.update({...data, logarithmic: true});
    return [linear[0], chart.canvas.drawn()[0]].map((one) => [one?.x, one?.y]);
  });
  expect(drawn).toEqual([[[2, 4, 6], [3, -1, NaN]], [[2, 4, 6], [2.5, 0.75, NaN]]]);
});

test('a band chart shows mean, one standard deviation around it, and the extremes', async () => {
  const drawn = await opened.page.evaluate(() => {
    const chart = new charts.BandChart(charts.place(500, 200), charts.settings());
    chart.update({series: [{label: 'on', x: [1, 2, 3], mean: [0, 1, -1], std: [1, 2, 0.5], min: [-4, -5, -6], max: [4, 8, 5], flags: null, color: '#0b6e8a', dash: []}], range: {from: 1, to: 3}});
    return chart.canvas.drawn().map(({label, kind, y}) => [label, kind, y]);
  });
  expect(drawn).toEqual([
    ['on, mean', 'line', [0, 1, -1]],
    ['on, mean + std', 'line', [1, 3, -0.5]], ['on, mean + std', 'low', [-1, -1, -1.5]], ['on, mean + std', 'high', [1, 3, -0.5]],
    ['on, max', 'line', [4, 8, 5]], ['on, max', 'low', [-4, -5, -6]], ['on, max', 'high', [4, 8, 5]],
    ['on, min', 'line', [-4, -5, -6]],
  ]);
});

test('nothing to draw, one value, and equal values are drawn without trouble', async () => {
  const ranges = await opened.page.evaluate(() => {
    const chart = new charts.LineChart(charts.place(300, 150), charts.settings());
    const one = (y: number[]): LineChartData => ({series: [{label: 'a', x: y.map((_, i) => i + 1), y, band: null, flags: null, color: 'teal', width: 2, dash: [], alpha: 1, endLabel: 'a', markRow: 0}], yLabel: '', logarithmic: true, range: {from: 1, to: Math.max(2, y.length)}, baseline: 1});
    return [[], [3], [3, 3, 3], [NaN], [0, 0]].map((y) => {
      chart.update(one(y));
      chart.update({...one(y), logarithmic: false});
      return chart.canvas.drawn()[0]?.y;
    });
  });
  expect(ranges).toEqual([[], [3], [3, 3, 3], [NaN], [0, 0]]);
  expect(opened.troubles).toEqual([]);
});
