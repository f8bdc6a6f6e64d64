import {beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {useCharts} from './chartsBrowser';

const opened = useCharts();
beforeAll(async () => { await opened.page.evaluate(defineFeed); });
beforeEach(async () => {
  await opened.page.mouse.move(890, 890);
  await opened.page.evaluate(() => {
    document.body.replaceChildren();
    charts.told.length = 0;
  });
});

/** One chart of each kind, and how it is given the first `steps` steps of one made-up run. */
interface Fed {
  canvas: HTMLCanvasElement;
  feed(steps: number): void;
  setCursor(step: number | null): void;
  setWindow(window: {from: number; to: number} | null): void;
  setTheme(theme: ReturnType<typeof charts.settings>['theme']): void;
  destroy(): void;
}
declare global {
  var fed: (kind: string, width?: number) => Fed;
}

const kinds = ['line', 'band', 'difference', 'heat', 'histogram', 'bars'];

/** Runs in the page: defines `fed`. Steps 1, 4, 7 … of a run of at most 900 steps, some of them broken. */
function defineFeed(): void {
  const noise = (i: number): number => Math.abs(Math.sin(i * 12.9898) * 43758.5453) % 1;
  globalThis.fed = (kind, width = 420) => {
    const {LineChart, BandChart, DifferenceChart, HeatStrip, HistogramHeat, HistogramBars, histogramRows, place, settings} = charts;
    const at = place(width, 160);
    const column = (n: number, of: (i: number) => number): Float64Array => Float64Array.from({length: n}, (_, i) => of(i));
    const count = (steps: number): number => Math.floor((steps - 1) / 3) + 1;
    const x = (n: number): Float64Array => column(n, (i) => 1 + i * 3);
    const range = (steps: number): {from: number; to: number} => ({from: 1, to: Math.max(2, steps)});
    const sparse = (n: number): {bins: number[]; counts: number[]; offsets: number[]} => {
      const offsets = [0];
      const [bins, counts]: [number[], number[]] = [[], []];
      for (let i = 0; i < n; i++) {
        for (let bin = 236; bin < 244 + (i % 5); bin++) {
          bins.push(bin, bin + 512);
          counts.push(1 + Math.floor(noise(i + bin) * 90), 2);
        }
        offsets.push(bins.length);
      }
      return {bins, counts, offsets};
    };
    if (kind === 'line') {
      const chart = new LineChart(at, settings());
      return Object.assign(chart, {feed: (steps: number) => {
        const n = count(steps);
        const y = column(n, (i) => (i % 40 === 9 ? NaN : i % 55 === 7 ? 0 : Math.exp(-i / 60) + noise(i)));
        chart.update({series: [{label: 'a', x: x(n), y, band: {low: y.map((v) => v * 0.8), high: y.map((v) => v * 1.3)}, flags: null, color: '#0b6e8a', width: 2, dash: [6, 3], alpha: 1, endLabel: 'a', markRow: 0}], yLabel: 'loss', logarithmic: true, range: range(steps), baseline: 1});
      }});
    }
    if (kind === 'band') {
      const chart = new BandChart(at, settings());
      return Object.assign(chart, {feed: (steps: number) => {
        const n = count(steps);
        chart.update({series: [{label: '', x: x(n), mean: column(n, noise), std: column(n, (i) => noise(i) / 3), min: column(n, (i) => -3 * noise(i)), max: column(n, (i) => 3 + noise(i)), flags: null, color: 'teal', dash: []}], range: range(steps)});
      }});
    }
    if (kind === 'difference') {
      const chart = new DifferenceChart(at, settings());
      return Object.assign(chart, {feed: (steps: number) => {
        const n = count(steps);
        chart.update({first: {x: x(n), y: column(n, noise)}, second: {x: x(n), y: column(n, (i) => noise(i + 5))}, label: 'd', yLabel: 'd', logarithmic: false, color: 'teal', range: range(steps)});
      }});
    }
    if (kind === 'heat') {
      const chart = new HeatStrip(at, settings());
      const rows = Array.from({length: 12}, (_, i) => ({label: `dense_${i >> 1}/${i % 2 ? 'bias' : 'kernel'}`, group: `dense_${i >> 1}`}));
      return Object.assign(chart, {feed: (steps: number) => {
        const n = count(steps) * rows.length;
        chart.update({rows, first: 1, width: 3, last: steps, values: Float32Array.from({length: n}, (_, i) => 10 ** (noise(i) * 4 - 4)), flags: Uint8Array.from({length: n}, (_, i) => (i % 97 === 5 ? 1 : 0)), scale: {kind: 'log', low: -4, high: 0}, labels: true, range: range(steps)});
      }});
    }
    if (kind === 'histogram') {
      const chart = new HistogramHeat(at, settings());
      return Object.assign(chart, {feed: (steps: number) => { chart.update({...histogramRows({steps: x(count(steps)), ...sparse(count(steps))}, false), range: range(steps)}); }});
    }
    const chart = new HistogramBars(at, settings());
    return Object.assign(chart, {feed: (steps: number) => {
      const {bins, counts} = sparse(1);
      chart.update({series: [{label: `step ${steps}`, bins: [...bins, 0, 511, 510], counts: [...counts.map((own) => own + steps), 9, 2, 3], color: 'teal'}], layout: 'overlaid', linear: false, logarithmicCounts: true});
    }});
  };
}

describe.each(kinds)('%s', (kind) => {
  test('a tail that grew is the same picture as all drawn at once, zoomed and in another theme too', async () => {
    const pictures = await opened.page.evaluate((kind) => {
      const [grown, whole] = [fed(kind), fed(kind)];
      for (let steps = 2; steps <= 700; steps += 13) grown.feed(steps);
      grown.feed(700);
      whole.feed(700);
      const both = (): string[] => [grown.canvas.toDataURL(), whole.canvas.toDataURL()];
      const seen = [both()];
      grown.setWindow({from: 100, to: 340});
      grown.feed(730);
      whole.feed(730);
      whole.setWindow({from: 100, to: 340});
      seen.push(both());
      const {theme} = charts.settings({ink: 'white', paper: '#111', rule: '#333', muted: '#aaa', ramp: ['#111', 'teal', '#ffffcc'], highContrast: true});
      grown.setTheme(theme);
      whole.setTheme(theme);
      grown.setWindow(null);
      whole.setWindow(null);
      seen.push(both());
      // Back to fewer steps, as when another run is chosen.
      grown.feed(90);
      const small = fed(kind);
      small.setTheme(theme);
      small.feed(90);
      seen.push([grown.canvas.toDataURL(), small.canvas.toDataURL()]);
      return seen;
    }, kind);
    for (const [grown, whole] of pictures) expect(grown).toBe(whole);
    expect(new Set(pictures.map(([grown]) => grown)).size).toBeGreaterThanOrEqual(kind === 'bars' ? 3 : 4);
  });

  test('hundreds of updates leave nothing behind, and a destroyed chart takes all with it', async () => {
    const session = await opened.page.context().newCDPSession(opened.page);
    await session.send('Performance.enable');
    const counted = async (): Promise<{nodes: number; listeners: number}> => {
      await session.send('HeapProfiler.collectGarbage');
      const {metrics} = await session.send('Performance.getMetrics');
      const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? NaN;
      return {nodes: of('Nodes'), listeners: of('JSEventListeners')};
    };
    /** Memory is freed in more than one round. */
    const settles = async (most: {nodes: number; listeners: number}): Promise<void> => {
      await expect.poll(async () => {
        const {nodes, listeners} = await counted();
        return [Math.max(0, nodes - most.nodes - 2), Math.max(0, listeners - most.listeners)];
      }).toEqual([0, 0]);
    };
    await opened.page.evaluate((kind) => { fed(kind).destroy(); document.body.replaceChildren(); }, kind);
    const empty = await counted();
    await opened.page.evaluate((kind) => { Object.assign(globalThis, {one: fed(kind)}); }, kind);
    const churn = async (times: number): Promise<void> => {
      await opened.page.evaluate((times) => {
        const {one} = globalThis as unknown as {one: Fed};
        for (let i = 0; i < times; i++) {
          one.feed(300 + (i % 200));
          one.setCursor(1 + 3 * (i % 60));
          one.setWindow(i % 3 === 0 ? {from: 5, to: 200} : null);
          if (i % 10 === 0) one.setTheme({...charts.settings().theme, ink: i % 20 === 0 ? '#000' : '#222'});
        }
      }, times);
    };
    await churn(60);
    const early = await counted();
    await churn(400);
    await settles(early);
    const left = await opened.page.evaluate(() => {
      const {one} = globalThis as unknown as {one: Fed};
      one.destroy();
      const children = document.body.firstElementChild?.childElementCount;
      document.body.replaceChildren();
      Object.assign(globalThis, {one: null});
      return children;
    });
    expect(left).toBe(0);
    await settles(empty);
  });
});

/** What the charts told since the last time. */
async function told(): Promise<unknown[][]> {
  return await opened.page.evaluate(() => charts.told.splice(0));
}

describe.each(['line', 'band', 'difference', 'heat', 'histogram'])('the pointer on %s', (kind) => {
  const shownAt = async (step: number): Promise<{x: number; y: number}> => await opened.page.evaluate((step) => {
    const {one} = globalThis as unknown as {one: Fed};
    const series = (one.canvas as HTMLCanvasElement & {drawn(): {x: number[]; pixels: {x: number; y: number}[]}[]}).drawn()[0];
    const box = one.canvas.getBoundingClientRect();
    return {x: box.left + (series?.pixels[series.x.indexOf(step)]?.x ?? NaN), y: box.top + 80};
  }, step);

  beforeEach(async () => {
    await opened.page.evaluate((kind) => {
      const one = fed(kind);
      one.feed(601);
      Object.assign(globalThis, {one});
    }, kind);
  });

  test('tells the recorded step under it, once, and that it left', async () => {
    const {x, y} = await shownAt(301);
    await opened.page.mouse.move(x, y);
    await opened.page.mouse.move(x + 0.3, y);
    expect((await told()).filter(([name]) => name === 'cursor')).toEqual([['cursor', 301]]);
    const next = await shownAt(400);
    await opened.page.mouse.move(next.x, next.y);
    expect((await told()).filter(([name]) => name === 'cursor')).toEqual([['cursor', 400]]);
    await opened.page.mouse.move(890, 890);
    expect((await told()).filter(([name]) => name === 'cursor')).toEqual([['cursor', null]]);
  });

  test('drags a range, which Escape takes back; a double click shows all; setters tell nothing', async () => {
    const [from, to] = [await shownAt(100), await shownAt(400)];
    await opened.page.mouse.move(from.x, from.y);
    await opened.page.mouse.down();
    await opened.page.mouse.move(to.x, to.y, {steps: 4});
    await opened.page.mouse.up();
    const [[, range]] = (await told()).filter(([name]) => name === 'zoom') as [[string, {from: number; to: number}]];
    expect(Math.abs(range.from - 100)).toBeLessThanOrEqual(2);
    expect(Math.abs(range.to - 400)).toBeLessThanOrEqual(2);
    await opened.page.mouse.down();
    await opened.page.mouse.move(from.x, from.y, {steps: 3});
    await opened.page.keyboard.press('Escape');
    await opened.page.mouse.up();
    await opened.page.mouse.dblclick(to.x, to.y);
    expect((await told()).filter(([name]) => name === 'zoom')).toEqual([['zoom', null]]);
    await opened.page.evaluate(() => {
      const {one} = globalThis as unknown as {one: Fed};
      one.setCursor(100);
      one.setWindow({from: 1, to: 99});
      one.setCursor(null);
    });
    expect(await told()).toEqual([]);
  });

  test('zooms by wheel with the control key around the step under it, and not without', async () => {
    const {x, y} = await shownAt(202);
    await opened.page.mouse.move(x, y);
    await opened.page.mouse.wheel(0, -200);
    expect((await told()).filter(([name]) => name === 'zoom')).toEqual([]);
    await opened.page.keyboard.down('Control');
    await opened.page.mouse.wheel(0, -200);
    await opened.page.keyboard.up('Control');
    await expect.poll(async () => await opened.page.evaluate(() => charts.told.some(([name]) => name === 'zoom'))).toBe(true);
    const [[, range]] = (await told()).filter(([name]) => name === 'zoom') as [[string, {from: number; to: number}]];
    expect(range.to - range.from).toBeLessThan(500);
    expect((202 - range.from) / (range.to - range.from)).toBeCloseTo(201 / 600, 1);
  });
});

test('the cursor stands at its step in every chart, and nowhere outside the window', async () => {
  const places = await opened.page.evaluate(() => ['line', 'band', 'difference', 'heat', 'histogram'].map((kind) => {
    const one = fed(kind);
    one.feed(601);
    const series = (one.canvas as HTMLCanvasElement & {drawn(): {x: number[]; pixels: {x: number}[]}[]}).drawn()[0];
    const line = one.canvas.parentElement?.querySelectorAll('.cursor-layer rect')[1];
    const before = one.canvas.toDataURL();
    one.setCursor(304);
    const at = Number(line?.getAttribute('x'));
    const same = before === one.canvas.toDataURL();
    one.setWindow({from: 400, to: 500});
    return {off: Math.abs(at - (series?.pixels[series.x.indexOf(304)]?.x ?? NaN)), same, hidden: line?.getAttribute('visibility')};
  }));
  for (const {off, same, hidden} of places) {
    expect(off).toBeLessThanOrEqual(1);
    expect(same).toBe(true);
    expect(hidden).toBe('hidden');
  }
  expect(opened.troubles).toEqual([]);
});
