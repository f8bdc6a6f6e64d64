import type {HistogramGrid, ReportData, ReportRun} from '../../src/runs/report/reportData';
import {chartNumber} from '../charts/chartNumber';
import type {HistogramHeatData} from '../charts/chartData';
import {HistogramHeat} from '../charts/histogramHeat';
import {chartTitle, drawBlock, placeOf, type DrawnChart} from './chartPlace';
import {stepRange} from './curveFigure';
import type {DataTable} from './dataTable';
import {pageSettings} from './pageTheme';
import {unpackBytes} from './unpacking';

const TABLE_COLUMNS = 8;

/** Draws the histograms over time of the parameters that matter, for each arm's run of the chosen seed. */
export function mountHistograms(data: ReportData, runs: ReportRun[]): DrawnChart[] {
  const parent = placeOf('histograms');
  if (!parent) return [];
  parent.replaceChildren();
  parent.classList.toggle('several', runs.length > 1);
  return data.shown.flatMap((parameter) => runs.flatMap((run) => {
    const grid = run.histograms.find((histogram) => histogram.parameter === parameter)?.grid;
    const cell = document.createElement('div');
    parent.append(cell);
    const name = data.parameters[parameter]?.name ?? '';
    const arm = data.arms[run.arm]?.label ?? '';
    chartTitle(cell, data.arms.length > 1 ? `${name}, ${arm}` : name);
    if (!grid) {
      const note = document.createElement('p');
      note.className = 'none';
      note.textContent = 'No histogram was sampled in this run.';
      cell.append(note);
      return [];
    }
    const shares = unpackBytes(grid.shares);
    return [drawBlock<HistogramHeatData>(cell, {
      title: `Histogram of the gradient of ${name} over steps, ${arm}`, summary: summaryOf(grid, shares), table: () => tableOf(grid, shares), kind: 'histogram',
      make: (place) => new HistogramHeat(place, pageSettings()),
      data: {steps: grid.steps, edges: [...grid.edges, grid.top], shares: Float32Array.from(shares, (byte) => (byte / 255) * grid.largestShare), range: stepRange(data)},
    })];
  }));
}

function summaryOf(grid: HistogramGrid, shares: Uint8Array): string {
  const fullest = (column: number): string => {
    const own = Array.from(shares.subarray(column * grid.edges.length, (column + 1) * grid.edges.length));
    const row = own.indexOf(Math.max(...own));
    return `${chartNumber(grid.edges[row])} and ${chartNumber(grid.edges[row + 1] ?? grid.top)}`;
  };
  const last = grid.steps.length - 1;
  return `At step ${grid.steps[0] ?? 0} most elements lie between ${fullest(0)}; at step ${grid.steps[last] ?? 0} between ${fullest(last)}.`;
}

function tableOf(grid: HistogramGrid, shares: Uint8Array): DataTable {
  const every = Math.ceil(grid.steps.length / TABLE_COLUMNS);
  const columns = grid.steps.map((_, i) => i).filter((i) => i === grid.steps.length - 1 || i % every === 0);
  return {
    columns: ['From', 'To', ...columns.map((i) => `step ${(grid.steps[i] ?? NaN).toLocaleString('en')}`)],
    rows: grid.edges.map((edge, row) => [chartNumber(edge), chartNumber(grid.edges[row + 1] ?? grid.top),
      ...columns.map((i) => `${(((shares[i * grid.edges.length + row] ?? 0) / 255) * grid.largestShare * 100).toFixed(2)} %`)]),
  };
}
