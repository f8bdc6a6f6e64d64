import type {RunSummary} from '../../protocol/runSummary';
import {armName} from './figureSections';
import {html, type Html} from './html';
import {counted, numberText, percentText} from './numberText';
import type {ReportArmView, ReportView} from './reportView';

type Update = NonNullable<RunSummary['parameters'][number]['update']>;

const NOTHING = numberText(null);

const columns: [title: string, meaning: string | null, cell: (update: Update) => string][] = [
  ['Step', null, ({step}) => numberText(step)],
  ['Update by weights', 'size of the update against that of the weights; most healthy trainings lie near 0.001', ({updateRatio}) => numberText(updateRatio)],
  ['Effective rate', 'size of the update against that of the gradient as the optimizer got it', ({effectiveRate}) => numberText(effectiveRate)],
  ['Cosine', 'whether the gradient points where the last measured one pointed (1), elsewhere (0) or back (−1)', ({cosine}) => numberText(cosine)],
  ['RMS', 'the gradient against what the optimizer remembers of its size; well above 1 it was surprised', ({secondMomentRms}) => numberText(secondMomentRms)],
  ['Units without gradient', 'of a layer with ReLU, those that are dead for the whole batch', ({deadUnits}) => percentText(deadUnits)],
];

interface Row {
  name: string;
  arm: ReportArmView;
  update: Update;
}

/** What the last measured update did to each parameter, in the first run of each arm. */
export function updateSection(view: ReportView): Html {
  const rows = rowsOf(view);
  if (rows.length === 0) return html``;
  const several = view.arms.length > 1;
  const shown = columns.filter(([, , cell]) => rows.some(({update}) => cell(update) !== NOTHING));
  return html`<section aria-labelledby="updates-title"><h2 id="updates-title">The last measured updates</h2>
<p class="note">${shown.flatMap(([title, meaning]) => (meaning === null ? [] : [`${title}: ${meaning}.`])).join(' ')}</p>
<details><summary>Table of ${counted(rows.length, 'update')}</summary><div class="scroll" tabindex="0" role="region" aria-label="Table of updates"><table class="numbers"><thead><tr><th scope="col">Parameter</th>${several && html`<th scope="col">Arm</th>`}${shown.map(([title]) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${rows.map(({name, arm, update}) => html`<tr><th scope="row"><code>${name}</code></th>${several && html`<td>${armName(arm)}</td>`}${shown.map(([, , cell]) => html`<td>${cell(update)}</td>`)}</tr>`)}</tbody></table></div></details></section>`;
}

/** Arms beside each other for each parameter, in network order. */
function rowsOf({arms}: ReportView): Row[] {
  const byName = new Map<string, Row[]>();
  for (const arm of arms) {
    for (const {name, update} of arm.runs[0]?.summary.parameters ?? []) {
      if (update === null) continue;
      const rows = byName.get(name);
      if (rows) rows.push({name, arm, update});
      else byName.set(name, [{name, arm, update}]);
    }
  }
  return [...byName.values()].flat();
}
