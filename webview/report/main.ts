import './report.css';
import type {ReportData, ReportRun} from '../../src/runs/report/reportData';
import type {DrawnChart} from './chartPlace';
import {mountCurves} from './curveFigure';
import {mountDetail} from './detailFigure';
import {mountHeat} from './heatFigure';
import {mountHistograms} from './histogramFigure';

const data = JSON.parse(document.getElementById('report-data')?.textContent ?? 'null') as ReportData;
const seedChoice = document.querySelector<HTMLSelectElement>('#seed');
const parameterChoice = document.querySelector<HTMLSelectElement>('#parameter');
let drawn: DrawnChart[] = [];

/** Runs of the chosen seed, an arm each; an arm that lacks the seed is left out. */
function chosenRuns(): ReportRun[] {
  const seed = Number(seedChoice?.value ?? 0);
  return data.arms.flatMap((_, arm) => data.runs.find((run) => run.arm === arm && run.seed === seed) ?? []);
}

/** Draws all figures anew. The page's look decides their colours, so a change of it comes here too. */
function draw(): void {
  for (const handle of drawn) handle.destroy();
  const runs = chosenRuns();
  const parameter = Number(parameterChoice?.value ?? 0);
  const loss = mountCurves(data, {id: 'loss', title: 'Loss', yLabel: 'loss', logarithmic: null, curvesOf: (run) => run.losses, meanOf: (arm) => arm.meanLoss});
  const norm = mountCurves(data, {id: 'norm', title: 'Gradient norm of the whole network', yLabel: 'norm', logarithmic: true, curvesOf: (run) => [run.norm], meanOf: (arm) => arm.meanNorm});
  drawn = [
    ...[loss, norm].filter((handle) => handle !== null),
    ...mountHeat(data, runs, parameter, chooseParameter),
    ...mountDetail(data, runs, parameter),
    ...mountHistograms(data, runs),
  ];
}

function chooseParameter(parameter: number): void {
  if (!parameterChoice) return;
  parameterChoice.value = String(parameter);
  draw();
}

function chooseFirstParameter(): void {
  const marked = chosenRuns().flatMap(({marks}) => marks.map((mark) => mark.parameter)).find((parameter) => parameter !== null);
  if (parameterChoice) parameterChoice.value = String(marked ?? data.shown[0] ?? 0);
}

chooseFirstParameter();
draw();
seedChoice?.addEventListener('change', draw);
parameterChoice?.addEventListener('change', draw);
for (const query of ['(prefers-color-scheme: dark)', '(min-width: 900px)']) window.matchMedia(query).addEventListener('change', draw);
// Paper is white whatever the screen is.
window.addEventListener('beforeprint', () => {
  document.documentElement.dataset.scheme = 'light';
  draw();
});
window.addEventListener('afterprint', () => {
  delete document.documentElement.dataset.scheme;
  draw();
});
