import {codeExcerpt, siteText} from './codeExcerpt';
import {evidenceText, groupFindings, ruleTitles, type FindingGroup} from './findingGroup';
import {html, type Html} from './html';
import {counted} from './numberText';
import type {ReportView} from './reportView';

/** Findings that the first page shows; all are in the section with the code. */
const FRONT = 4;

/** The findings in plain words, for the first page. */
export function findingList(view: ReportView): Html {
  const groups = groupFindings(view.arms);
  if (groups.length === 0) return html`<div class="findings"><h2>What was found</h2><p class="none">${nothingFound(view)}</p></div>`;
  return html`<div class="findings">
<h2>What was found</h2>
<ol>${groups.slice(0, FRONT).map((group) => frontFinding(group, view.arms.length > 1))}</ol>
${groups.length > FRONT && html`<p><a href="#code">${counted(groups.length - FRONT, 'more finding')}</a></p>`}
</div>`;
}

function nothingFound(view: ReportView): string {
  const steps = view.arms.flatMap((arm) => arm.runs).reduce((sum, {summary}) => sum + summary.steps, 0);
  return steps === 0 ? 'No step was recorded, so nothing was checked.' : `No rule found an instability in ${counted(steps, 'step')}.`;
}

function frontFinding(group: FindingGroup, several: boolean): Html {
  return html`<li class="finding ${group.severity}">
<p class="what">${severityMark(group)}<strong>${ruleTitles[group.rule]}</strong>${group.layer !== null && html` around <code>${group.layer}</code>`}</p>
<p>${group.message}</p>
<p class="where">${group.site ? html`<code>${siteText(group.site, group.cwd)}</code>` : html`<span>no single line is to blame</span>`}
<span>from step ${group.firstStep.toLocaleString('en')}</span>${several && html`<span>${scope(group)}</span>`}</p>
</li>`;
}

/** Every finding with the code that made its layer. */
export function codeSection(view: ReportView): Html {
  const groups = groupFindings(view.arms);
  if (groups.length === 0) return html``;
  return html`<section id="code" aria-labelledby="code-title">
<h2 id="code-title">Findings in the code</h2>
<p class="note">Each finding at the line that made its layer, as the file is now.</p>
${groups.map((group) => html`<article class="excerpt ${group.severity}">
<h3>${severityMark(group)}${ruleTitles[group.rule]}${group.parameter !== null ? html` <code>${group.parameter}</code>` : group.layer !== null && html` <code>${group.layer}</code>`}</h3>
<p>${group.message}</p>
<p class="where">${group.site && html`<code>${siteText(group.site, group.cwd)}</code>`}<span>rule ${group.rule}</span><span>from step ${group.firstStep.toLocaleString('en')}</span><span>${evidenceText(group)}</span>${view.arms.length > 1 && html`<span>${scope(group)}</span>`}</p>
${excerpt(group)}
</article>`)}
</section>`;
}

function severityMark({severity}: FindingGroup): Html {
  return severity === 'error'
    ? html`<span class="mark error"><svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z"/></svg>Error</span>`
    : html`<span class="mark warning"><svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><path d="M8 1l7.5 13.5H.5z"/></svg>Warning</span>`;
}

function scope({arms}: FindingGroup): string {
  return arms.map(({label, runs, ofRuns}) => (ofRuns === 1 ? label : `${label}: ${runs} of ${counted(ofRuns, 'run')}`)).join(', ');
}

function excerpt(group: FindingGroup): Html {
  if (!group.site) return html``;
  const code = codeExcerpt(group.site, group.cwd, group.created);
  if (!code) return html`<p class="note">The code is not shown: the file is gone, or lies outside the folder of the run.</p>`;
  return html`<pre tabindex="0" aria-label="Code around line ${group.site.line}"><code>${code.lines.map(({number, text, marked}) =>
    html`<span class="line${marked ? ' marked' : ''}"><span class="number">${marked ? '▸' : ' '}${String(number).padStart(4)}</span>  ${text}
</span>`)}</code></pre>${code.changed && html`<p class="note">This file was changed after the run began; the line may have moved.</p>`}`;
}
