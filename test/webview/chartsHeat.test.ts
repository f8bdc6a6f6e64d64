import {beforeEach, describe, expect, test} from 'vitest';
import {binEdges, binOf} from '../../src/protocol/histogram';
import {useCharts} from './chartsBrowser';

const opened = useCharts();
beforeEach(async () => { await opened.page.evaluate(() => { document.body.replaceChildren(); }); });

/** Values of a strip, bucket after bucket: by row and bucket, or NaN, zero, subnormal here and there. */
const heatValue = (row: number, bucket: number): number => [NaN, 0, 1e-40][(row * 7 + bucket * 3) % 23] ?? 10 ** (((row * 31 + bucket * 17) % 60) / 10 - 5);

describe('a heat strip', () => {
  test.each([{rows: 60, buckets: 100, width: 10}, {rows: 300, buckets: 250, width: 1}])('of $rows rows and $buckets buckets shows each cell where it belongs, in the colour of its value', async ({rows, buckets, width}) => {
    const values = Array.from({length: rows * buckets}, (_, i) => heatValue(i % rows, Math.floor(i / rows)));
    const {cells, range} = await opened.page.evaluate(({values, rows, buckets, width}) => {
      const {theme} = charts.settings();
      const chart = new charts.HeatStrip(charts.place(800, 100), charts.settings());
      const range = {low: -5, high: 1};
      chart.update({
        rows: Array.from({length: rows}, (_, i) => ({label: `layer_${i}/kernel`, group: null})), first: 1, width, last: buckets * width, values: values.map(Number), flags: values.map(() => 0),
        scale: {kind: 'log', ...range}, labels: true, range: {from: 1, to: buckets * width},
      });
      const ctx = chart.canvas.getContext('2d');
      const picture = ctx?.getImageData(0, 0, chart.canvas.width, chart.canvas.height);
      const colorAt = (x: number, y: number): number[] => Array.from(picture?.data.slice((Math.floor(y) * chart.canvas.width + Math.floor(x)) * 4, (Math.floor(y) * chart.canvas.width + Math.floor(x)) * 4 + 4) ?? []);
      return {
        range,
        cells: chart.canvas.drawn().flatMap(({x, y, pixels}) => y.map((value, i) => {
          const share = value <= 0 ? 0 : (Math.log10(value) - range.low) / (range.high - range.low);
          const [, red, green, blue] = (/(\d+) (\d+) (\d+)/.exec(charts.rampColor(theme.ramp, share)) ?? []).map(Number);
          return {step: x[i], value: String(value), color: colorAt(pixels[i]?.x ?? 0, pixels[i]?.y ?? 0), wanted: [red, green, blue, 255]};
        })),
      };
    }, {values: values.map(String), rows, buckets, width});
    expect(range.low).toBe(-5);
    expect(cells.length).toBe(values.length);
    const wrong = cells.filter(({value, step, color, wanted}, i) => {
      const [row, bucket] = [Math.floor(i / buckets), i % buckets];
      const given = Math.fround(heatValue(row, bucket));
      if (!Object.is(Number(value), given) || step !== 1 + bucket * width) return true;
      // 256 colours: one step of the table is within three of a channel.
      return Number.isNaN(given) ? color[3] !== 0 : color.some((channel, at) => Math.abs(channel - (wanted[at] ?? 0)) > 3);
    });
    expect(wrong.slice(0, 3)).toEqual([]);
  });

  test('with more buckets than pixels shows the largest of each, so that one high value stays', async () => {
    const {columns, highest, at} = await opened.page.evaluate(() => {
      const chart = new charts.HeatStrip(charts.place(450, 100), charts.settings());
      const values = Float32Array.from({length: 5000 * 2}, (_, i) => (i === 2 * 3333 ? 9000 : 0.1));
      chart.update({rows: [{label: 'a', group: null}, {label: 'b', group: null}], first: 1, width: 1, last: 5000, values, flags: new Uint8Array(10_000), scale: {kind: 'log', low: -1, high: 4}, labels: true, range: {from: 1, to: 5000}});
      const [row] = chart.canvas.drawn();
      return {columns: row?.y.length, highest: Math.max(...(row?.y ?? [])), at: row?.x[row.y.indexOf(9000)] ?? 0};
    });
    expect(columns).toBeLessThanOrEqual(300);
    expect(highest).toBe(9000);
    expect(Math.abs(at - 3334)).toBeLessThan(32);
  });

  test('hatches broken cells alone, marks findings by shape, and outlines the selected row', async () => {
    const {alarmed, hollow, outlined, rowBox} = await opened.page.evaluate(() => {
      const make = (marks: {step: number; kind: 'error' | 'warning'; text: string; row: number}[]) => {
        const chart = new charts.HeatStrip(charts.place(600, 100), charts.settings());
        const flags = new Uint8Array(40);
        flags[2 * 4 + 1] = flags[2 * 4 + 5] = 1;
        chart.update({rows: ['a', 'b', 'c', 'd'].map((label) => ({label, group: null})), first: 1, width: 1, last: 10, values: new Float32Array(40).fill(1), flags, scale: {kind: 'log', low: -1, high: 1}, labels: true, range: {from: 1, to: 10}});
        chart.setMarks(marks);
        return chart;
      };
      const red = (chart: InstanceType<typeof charts.HeatStrip>): number[][] => chart.canvas.drawn().filter(({kind}) => kind === 'cells').map(({pixels}) => pixels.map(({x, y}) => {
        const data = chart.canvas.getContext('2d')?.getImageData(x - 10, y - 8, 20, 16).data ?? [];
        return Array.from(data).filter((value, i) => i % 4 === 0 && value > 170 && (data[i + 1] ?? 255) < 60).length;
      }));
      const plain = make([]);
      const [error, warning] = [make([{step: 5, kind: 'error', text: 'NaN', row: 3}]), make([{step: 5, kind: 'warning', text: 'spike', row: 3}])].map((chart) => red(chart)[3]?.[4]);
      const before = plain.canvas.toDataURL();
      plain.setSelected(2);
      return {alarmed: red(plain).map((row) => row.map((count) => count > 12)), hollow: [error, warning], outlined: before !== plain.canvas.toDataURL(), rowBox: plain.rowBox(2)};
    });
    expect(alarmed.flatMap((row, r) => row.flatMap((is, b) => (is ? [[r, b]] : [])))).toEqual([[1, 2], [1, 3]]);
    expect(hollow[0]).toBeGreaterThan((hollow[1] ?? 0) * 1.4);
    expect(hollow[1]).toBeGreaterThan(10);
    expect(outlined).toBe(true);
    expect(rowBox).toEqual({top: 18 + 2 * 20, height: 20});
  });

  test('of ratios is paper at one, and of either colour beyond', async () => {
    const colors = await opened.page.evaluate(() => {
      const chart = new charts.HeatStrip(charts.place(650, 100), charts.settings({paper: '#ffffff'}));
      chart.update({rows: [{label: 'a', group: null}], first: 1, width: 1, last: 5, values: [0.01, 0.1, 1, 10, 100], flags: [0, 0, 0, 0, 0], scale: {kind: 'ratio', most: 100, below: '#0000ff', above: '#ff8000'}, labels: true, range: {from: 1, to: 5}});
      return chart.canvas.drawn()[0]?.pixels.map(({x, y}) => Array.from(chart.canvas.getContext('2d')?.getImageData(x, y, 1, 1).data ?? []));
    });
    expect([colors?.[0], colors?.[4]]).toEqual([[0, 0, 255, 255], [255, 128, 0, 255]]);
    expect(Math.min(...(colors?.[2] ?? [0]))).toBeGreaterThan(250);
  });
});

describe('histograms', () => {
  /** Counts of values by their bins, as they are recorded. */
  const sparse = (values: number[]): {bins: number[]; counts: number[]} => {
    const counted = new Map<number, number>();
    for (const value of values) counted.set(binOf(value), (counted.get(binOf(value)) ?? 0) + 1);
    const sorted = [...counted].sort(([a], [b]) => a - b);
    return {bins: sorted.map(([bin]) => bin), counts: sorted.map(([, count]) => count)};
  };
  const values = Array.from({length: 4000}, (_, i) => Math.sin(i * 7.3 + 0.5) * 10 ** (Math.cos(i * 3.1) * 3));
  const broken = [...values, 0, 0, 0, NaN, NaN, Infinity, -Infinity, -Infinity, -Infinity];

  test.each([[[0, -1, -2]], [[0, 1]], [[0, 0]]])('%j on a linear axis are all there', async (values) => {
    const {bins, counts} = sparse(values);
    const shares = await opened.page.evaluate(({bins, counts}) => Array.from(charts.histogramRows({steps: [1], offsets: [0, bins.length], bins, counts}, true).shares), {bins, counts});
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
  });

  test.each([false, true])('over time hold the share of the finite values of each row (linear: %s)', async (linear) => {
    const samples = [sparse(broken), sparse(values.slice(0, 1000).map((value) => value / 8))];
    const rows = await opened.page.evaluate(({samples, linear}) => {
      const offsets = samples.reduce<number[]>((all, {bins}) => [...all, (all.at(-1) ?? 0) + bins.length], [0]);
      const made = charts.histogramRows({steps: [1, 11], offsets, bins: samples.flatMap(({bins}) => bins), counts: samples.flatMap(({counts}) => counts)}, linear);
      const chart = new charts.HistogramHeat(charts.place(500, 190), charts.settings());
      chart.update({...made, range: {from: 1, to: 20}});
      return {edges: Array.from(made.edges), drawn: chart.canvas.drawn().map(({x, y, pixels}) => ({x, y, pixels}))};
    }, {samples, linear});
    expect(rows.edges).toEqual([...rows.edges].sort((a, b) => a - b));
    expect(rows.drawn.length).toBe(rows.edges.length - 1);
    [0, 1].forEach((column) => {
      const shares = rows.drawn.map(({y}) => y[column] ?? NaN);
      expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 4);
      const {bins = [], counts = []} = samples[column] ?? {};
      const finite = bins.map((bin, i) => ({...binEdges(bin), count: counts[i] ?? 0})).filter(({low, high}) => Number.isFinite(low) && Number.isFinite(high));
      const total = finite.reduce((sum, {count}) => sum + count, 0);
      rows.edges.slice(1).forEach((edge, row) => {
        const low = rows.edges[row] ?? NaN;
        const part = (bin: {low: number; high: number}): number => (bin.high === 0 && bin.low === 0 ? Number(low <= 0 && edge > 0) : Math.max(0, Math.min(edge, bin.high) - Math.max(low, bin.low)) / (bin.high - bin.low));
        const held = finite.reduce((sum, bin) => sum + bin.count * part(bin), 0);
        expect(shares[row]).toBeCloseTo(held / total, 5);
      });
    });
    const heights = rows.drawn.map(({pixels}) => pixels[0]?.y ?? NaN);
    expect(heights).toEqual([...heights].sort((a, b) => b - a));
  });

  test.each([{layout: 'overlaid'}, {layout: 'sideBySide'}] as const)('of steps as bars count every value once, zero, NaN and infinities apart ($layout)', async ({layout}) => {
    const drawn = await opened.page.evaluate(({one, other, layout}) => {
      const chart = new charts.HistogramBars(charts.place(600, 190), charts.settings());
      chart.update({series: [{label: 'step 1', ...one, color: 'teal'}, {label: 'step 9', ...other, color: 'rgb(200 90 0)'}], layout, linear: false, logarithmicCounts: true});
      return chart.canvas.drawn();
    }, {one: sparse(broken), other: sparse(values), layout});
    const sumOf = (label: string): number | undefined => drawn.find((series) => series.label === label)?.y.reduce((a, b) => a + b, 0);
    expect(sumOf('step 1')).toBeCloseTo(values.length, 6);
    expect(sumOf('step 9')).toBeCloseTo(values.length, 6);
    expect(['zero', 'nan', 'negative', 'positive'].map((kind) => [sumOf(`step 1: ${kind}`), sumOf(`step 9: ${kind}`)])).toEqual([[3, 0], [2, 0], [3, 0], [1, 0]]);
    const left = (label: string): number => drawn.find((series) => series.label === label)?.pixels[0]?.x ?? NaN;
    if (layout === 'overlaid') expect(left('step 9')).toBe(left('step 1'));
    else expect(left('step 9')).toBeGreaterThan(left('step 1') + 200);
    // More is higher.
    const [bars] = drawn;
    const order = (bars?.y ?? []).map((count, i) => ({count, y: bars?.pixels[i]?.y ?? NaN})).sort((a, b) => a.count - b.count);
    order.slice(1).forEach(({y}, i) => { expect(y).toBeLessThanOrEqual((order[i]?.y ?? NaN) + 1e-9); });
  });
});

test('colours are read in any notation, and a ramp grows evenly light to the eye', async () => {
  const {read, ramp} = await opened.page.evaluate(() => ({
    read: ['#abc', '#102030', 'rgb(1, 2, 3)', 'rgba(255, 0, 0, 0.5)', 'hsl(120deg 100% 25%)', ' rebeccapurple ', 'color(srgb 1 0 0)', 'nonsense'].map((color) => charts.channelsOf(color)),
    ramp: charts.evenRamp('#1f1f1f', '#0078d4', '#f0f0f0', 9).map((color) => charts.channelsOf(color)),
  }));
  expect(read).toEqual([[170, 187, 204, 255], [16, 32, 48, 255], [1, 2, 3, 255], [255, 0, 0, 128], [0, 128, 0, 255], [102, 51, 153, 255], [255, 0, 0, 255], [0, 0, 0, 255]]);
  // Lightness of CIE L*: another measure than that which the ramp is made with.
  const lightness = ramp.map(([r, g, b]) => {
    const linear = [r, g, b].map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
    return 116 * Math.cbrt(0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0)) - 16;
  });
  const steps = lightness.slice(1).map((value, i) => value - (lightness[i] ?? 0));
  for (const step of steps) expect(step).toBeGreaterThan(((lightness[8] ?? 0) - (lightness[0] ?? 0)) / 8 / 1.6);
  expect(opened.troubles).toEqual([]);
});
