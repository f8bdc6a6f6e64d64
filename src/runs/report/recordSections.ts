import {armName} from './figureSections';
import {html, type Html} from './html';
import {counted, lossText, msText, numberText} from './numberText';
import {limitsOf} from './reportText';
import {singSwitches} from './singSwitches';
import type {ReportRunView, ReportView} from './reportView';

/** What an engineer needs to repeat the runs, and what the reader must not conclude from them. */
export function recordSections(view: ReportView): Html {
  return html`<section aria-labelledby="limits-title" class="limits"><h2 id="limits-title">What this report can’t say</h2><ul>${limitsOf(view).map((limit) => html`<li>${limit}</li>`)}</ul></section>
${noticeSection(view)}
${noiseSection(view)}
<section aria-labelledby="runs-title"><h2 id="runs-title">Runs</h2>${runTable(view)}</section>
<section aria-labelledby="settings-title"><h2 id="settings-title">Settings and runtime</h2>${settingsTable(view)}</section>`;
}

function noticeSection(view: ReportView): Html {
  const notices = new Map<string, {message: string; runs: number}>();
  const runs = view.arms.flatMap((arm) => arm.runs);
  for (const {summary} of runs) {
    for (const {code, message} of summary.notices) {
      const held = notices.get(`${code} ${message}`);
      if (held) held.runs++;
      else notices.set(`${code} ${message}`, {message, runs: 1});
    }
  }
  if (notices.size === 0) return html``;
  return html`<section aria-labelledby="notices-title"><h2 id="notices-title">Notices</h2><ul>${[...notices.values()].map((notice) =>
    html`<li>${notice.message}${runs.length > 1 && html` <small>(${counted(notice.runs, 'run')})</small>`}</li>`)}</ul></section>`;
}

function noiseSection({trial}: ReportView): Html {
  if (!trial?.noiseFloor) return html``;
  const {finalLossSd, sameSeedIdentical} = trial.noiseFloor;
  const repeat = sameSeedIdentical === null ? 'was not run twice' : sameSeedIdentical ? 'gives the same losses to the last bit' : 'does not give the same losses twice';
  return html`<section aria-labelledby="noise-title"><h2 id="noise-title">Noise floor</h2><p>The same seed ${repeat}.${finalLossSd !== null && ` Between seeds alone, the final loss varies by ${numberText(finalLossSd)} (standard deviation, SING off).`}</p>
${trial.verdict.pValue !== null && html`<p>Signed-rank test over the paired final losses: p = ${numberText(trial.verdict.pValue)}; median difference ${numberText(trial.verdict.effect)}.</p>`}
${firstDivergence(trial.firstDivergence)}</section>`;
}

function firstDivergence(first: {parameter: string; step: number}[]): Html {
  const [earliest] = first;
  if (!earliest) return html``;
  return html`<p>With the same seed the arms first differ at step ${earliest.step}, in <code>${earliest.parameter}</code>.</p>`;
}

function runTable(view: ReportView): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table of runs"><table class="numbers"><thead><tr><th scope="col">Arm</th><th scope="col">Seed</th><th scope="col">Run</th><th scope="col">Status</th><th scope="col">Steps</th><th scope="col">Last loss</th><th scope="col">Lowest loss</th><th scope="col">Diverged</th><th scope="col">Findings</th><th scope="col">Step, median</th><th scope="col">95 %</th></tr></thead>
<tbody>${view.arms.flatMap((arm) => arm.runs.map(({summary, seed}) => html`<tr><th scope="row">${armName(arm)}</th><td>${seed.replace('seed ', '')}</td><td><code>${summary.run}</code></td><td>${summary.status}</td><td>${summary.steps.toLocaleString('en')}</td>
<td>${lossText(summary.loss.last)}</td><td>${lossText(summary.loss.min)}</td><td>${summary.diverged ? 'yes' : 'no'}</td><td>${summary.findings.length}</td><td>${msText(summary.stepMs.median)}</td><td>${msText(summary.stepMs.p95)}</td></tr>`))}</tbody></table></div>`;
}

type Row = [name: string, value: (run: ReportRunView) => string | null];

const rows: Row[] = [
  ['SING', ({summary: {sing}}) => (sing.mode === 'off' ? 'off' : `${sing.mode}: centralize ${String(sing.centralize)}, normalize ${String(sing.normalize)}${sing.mode === 'full' ? `, softplus ${String(sing.softplus)}, lookahead ${String(sing.lookahead)}` : ''}`)],
  ['Left alone by SING', ({summary: {sing}}) => sing.excluded.join(', ') || null],
  ['Changed while running', ({reader}) => singSwitches(reader)],
  ['Learning rate', ({reader}) => rateText(reader.steps.column('learningRate'))],
  ['Rate multiplied by', ({reader}) => String(reader.launch.lrScale)],
  ['Most steps', ({reader}) => (reader.launch.maxSteps === null ? null : String(reader.launch.maxSteps))],
  ['Backend', ({summary: {backend}}) => backend && `${backend.name}${backend.package === null ? '' : ` (${backend.package} ${backend.packageVersion ?? ''})`}`],
  ['TensorFlow', ({summary: {backend}}) => backend?.tensorflow ?? null],
  ['Device', ({summary: {backend}}) => backend?.device ?? null],
  ['Threads', ({summary: {backend}}) => (backend ? String(backend.threads) : null)],
  ['Kernels', ({summary: {backend}}) => backend?.kernels ?? null],
  ['Node', ({reader}) => reader.lastEvent('start')?.node ?? null],
  ['Cost of observing', ({summary: {overheadPct}}) => (overheadPct === null ? null : `${numberText(overheadPct)} % of the time between steps`)],
  ['Histograms', ({summary: {sampled: {steps, every}}}) => (steps === 0 ? null : `of ${counted(steps, 'step')}${every === null ? '' : `, at last one in ${numberText(every)}`}`)],
  ['Tensors, most', ({summary: {memory}}) => (memory.numTensors.max === null ? null : numberText(memory.numTensors.max))],
  ['Memory, most', ({summary: {memory}}) => (memory.rss.max === null ? null : `${numberText(memory.rss.max / 2 ** 20)} MiB`)],
  ['Script', ({reader: {launch}}) => launch.script],
  ['Arguments', ({reader: {launch}}) => launch.args.join(' ') || null],
  ['Folder', ({reader: {launch}}) => launch.cwd],
];

/** One column an arm; values that differ between the runs of an arm stand beside each other. */
function settingsTable(view: ReportView): Html {
  const cell = (arm: ReportView['arms'][number], value: Row[1]): string => [...new Set(arm.runs.map(value).filter((text) => text !== null))].join('; ');
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table of settings"><table class="settings"><thead><tr><th scope="col">Setting</th>${view.arms.map((arm) => html`<th scope="col">${armName(arm)}</th>`)}</tr></thead>
<tbody>${rows.map(([name, value]) => {
    const cells = view.arms.map((arm) => cell(arm, value));
    return cells.every((text) => text === '') ? null : html`<tr><th scope="row">${name}</th>${cells.map((text) => html`<td>${text || '–'}</td>`)}</tr>`;
  })}</tbody></table></div>`;
}

function rateText(rates: Float64Array): string | null {
  const finite = rates.filter(Number.isFinite);
  const first = finite[0];
  const last = finite.at(-1);
  if (first === undefined || last === undefined) return null;
  const low = finite.reduce((a, b) => Math.min(a, b));
  const high = finite.reduce((a, b) => Math.max(a, b));
  return low === high ? numberText(first) : `${numberText(first)} at first, ${numberText(last)} at last (${numberText(low)} to ${numberText(high)})`;
}
