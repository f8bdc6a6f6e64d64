import {findingList} from './findingSections';
import {html, type Html} from './html';
import {lossText, msText, numberText, percentText} from './numberText';
import type {ReportData} from './reportData';
import {switchSentences} from './singSwitches';
import type {ReportArmView, ReportView} from './reportView';

/** Table of arms beside the curves of the loss: the first page's numbers. */
export function overview(view: ReportView): Html {
  return html`<div class="overview">
<div>
<div class="arms"><h2>${view.arms.length > 1 ? 'The arms compared' : 'The run'}</h2>
${view.arms.length > 1 ? armTable(view) : runFacts(view)}
${switchSentences(view).map((sentence) => html`<p class="note">${sentence}</p>`)}</div>
${findingList(view)}
</div>
${figure('loss', 'Loss', view.seeds.length > 1 ? 'Thin lines are single seeds, the thick line is their mean, as long as all of them have a loss.' : 'One value a step.', view)}
</div>`;
}

function armTable(view: ReportView): Html {
  const metric = headMetric(view);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table of arms"><table class="numbers"><thead><tr><th scope="col">Arm</th><th scope="col">${view.trial ? 'Final loss' : 'Last loss'}</th>${metric !== null && html`<th scope="col">${metricLabel(metric)}</th>`}<th scope="col">Diverged</th><th scope="col">Time a step</th></tr></thead>
<tbody>${view.arms.map((arm) => {
    const final = finalLossOf(arm, view);
    return html`<tr><th scope="row">${armName(arm)}</th><td>${lossText(final.mean)}${final.sd !== null && Number.isFinite(final.mean) && Number.isFinite(final.sd) && html` <small>± ${numberText(Number(final.sd.toPrecision(2)))}</small>`}</td>
${metric !== null && html`<td>${metricText(metric, meanOf(arm.runs.map(({summary}) => summary.metrics[metric]?.last ?? NaN)))}</td>`}
<td>${arm.runs.filter(({summary}) => summary.diverged).length} of ${arm.runs.length}</td><td>${msText(stepTime(arm, view))}</td></tr>`;
  })}</tbody></table></div>${view.trial && html`<p class="note">Final loss: mean of a run’s last 20 steps, averaged over the seeds; ± one standard deviation between seeds.</p>`}`;
}

function runFacts(view: ReportView): Html {
  const summary = view.arms[0]?.runs[0]?.summary;
  if (!summary) return html``;
  const metrics = Object.entries(summary.metrics).filter(([name]) => name !== 'loss').slice(0, 4);
  const facts: [string, string][] = [
    ['Last loss', lossText(summary.loss.last)],
    ['Lowest loss', lossText(summary.loss.min)],
    ...metrics.map(([name, {last}]): [string, string] => [metricLabel(name), metricText(name, last)]),
    ['Diverged', summary.diverged ? 'yes' : 'no'],
    ['Time a step', msText(summary.stepMs.median)],
    ['SING', switchSentences(view).length > 0 ? 'switched' : summary.sing.mode],
  ];
  return html`<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function finalLossOf(arm: ReportArmView, {trial}: ReportView): {mean: number | null; sd: number | null} {
  const own = trial?.arms.find(({name, lrScale}) => name === arm.name && lrScale === arm.lrScale);
  if (own) return own.finalLoss;
  return {mean: meanOf(arm.runs.map(({summary}) => summary.loss.last ?? NaN)), sd: null};
}

function stepTime(arm: ReportArmView, {trial}: ReportView): number | null {
  const own = trial?.arms.find(({name, lrScale}) => name === arm.name && lrScale === arm.lrScale);
  return own ? own.stepMs : meanOf(arm.runs.map(({summary}) => summary.stepMs.median ?? NaN));
}

/** Metric of the first page: an accuracy if there is one, of data that was not trained on if there is such. */
function headMetric(view: ReportView): string | null {
  const names = new Set(view.arms.flatMap((arm) => arm.runs.flatMap(({summary}) => Object.keys(summary.metrics))));
  const accuracies = [...names].filter((name) => /acc/i.test(name));
  return accuracies.find((name) => /val|test/i.test(name)) ?? accuracies[0] ?? [...names].find((name) => !/loss/i.test(name)) ?? null;
}

function metricLabel(name: string): string {
  const plain = name.replace(/^val_/, '');
  const word = /^acc(uracy)?$/i.test(plain) ? 'accuracy' : plain;
  const text = name.startsWith('val_') ? `validation ${word}` : word;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}, last`;
}

function metricText(name: string, value: number): string {
  return /acc/i.test(name) && value >= 0 && value <= 1 ? percentText(value) : lossText(value);
}

function meanOf(values: number[]): number {
  return values.length === 0 ? NaN : values.reduce((a, b) => a + b, 0) / values.length;
}

/** Name of an arm with a piece of its line, so that no arm is told by colour alone. */
export function armName({name, label}: {name: string; label: string}): Html {
  return html`<span class="arm arm-${name}"><svg class="swatch" viewBox="0 0 28 8" width="28" height="8" aria-hidden="true"><line x1="1" y1="4" x2="27" y2="4"/></svg>${label}</span>`;
}

/** Place of a chart that the page's script draws, with its legend and the table behind it. */
function figure(id: string, title: string, note: string, view: ReportView): Html {
  return html`<figure class="figure" id="figure-${id}">
<figcaption><h2>${title}</h2><div class="legend">${view.arms.length > 1 && view.arms.map(armName)}<span class="legend-marks" data-marks-for="${id}"></span></div></figcaption>
<div class="plot" data-figure="${id}"></div>
<p class="note">${note}</p>
</figure>`;
}

/** Figures for engineers: drawn by the page's script into these places. */
export function figureSections(view: ReportView, data: ReportData): Html {
  if (data.parameters.length === 0) return html`<section><h2>Gradients</h2><p class="note">No gradient was recorded.</p></section>`;
  return html`<section aria-labelledby="choice-title" class="choice">
<h2 id="choice-title">The gradients, layer by layer</h2>
<div class="controls"${data.seeds.length < 2 && html` hidden`}><label>Seed <select id="seed">${data.seeds.map((seed, i) => html`<option value="${i}"${i === data.firstSeed && html` selected`}>${seed.replace('seed ', '')}</option>`)}</select></label></div>
</section>
<section>${figure('norm', 'Gradient norm of the whole network', 'L2 norm over all gradients before SING, on a logarithmic axis. A step with NaN or infinite gradients is marked at the top.', view)}</section>
<section aria-labelledby="heat-title"><figcaption class="bare"><h2 id="heat-title">Layers over steps</h2></figcaption>
<p class="note">Norm of each parameter’s gradient before SING, from the input at the top to the output at the bottom. Hatched: NaN or infinite. Triangles: findings; one above the rows blames no single layer. Choose a row to see it below.</p>
<div class="scale" data-figure="heat-scale"></div>
<div class="strips" data-figure="heat"></div></section>
<section aria-labelledby="detail-title"><h2 id="detail-title">One parameter</h2>
<div class="controls"><label>Parameter <select id="parameter">${data.parameters.map(({name, about}, i) => html`<option value="${i}">${name} (${about})</option>`)}</select></label></div>
<p class="note">Line: mean of the gradient’s elements. Dark band: one standard deviation around it. Pale band: from the smallest to the largest element.</p>
<div class="details" data-figure="detail"></div></section>
${data.shown.length > 0 && html`<section aria-labelledby="histogram-title"><h2 id="histogram-title">Gradients over time</h2>
<p class="note">How the elements of a gradient are spread, step by step: ${view.arms.some((arm) => arm.runs.some(({summary}) => summary.findings.some(({layer}) => layer !== null))) ? 'parameters with findings first, then those that changed most' : 'the parameters that changed most'}. The scale doubles from line to line on both sides of zero; the stronger the colour, the more elements.</p>
<div class="histograms" data-figure="histograms"></div></section>`}`;
}
