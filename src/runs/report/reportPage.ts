import {createHash} from 'node:crypto';
import {pathText} from './codeExcerpt';
import {html, raw, type Html} from './html';
import {codeSection} from './findingSections';
import {figureSections, overview} from './figureSections';
import {recordSections} from './recordSections';
import type {ReportData} from './reportData';
import {trainedText, verdictOf} from './reportText';
import type {ReportView} from './reportView';
import {updateSection} from './updateSection';

/** Built script and style of the page. */
export interface PageAssets {
  script: string;
  style: string;
}

/**
 * The whole page as one HTML file. Nothing in it can be fetched or run but our script and style, by their hashes;
 * all that comes from a run is text.
 */
export function reportPage(view: ReportView, data: ReportData, {script, style}: PageAssets): string {
  const code = script.replace(/<\/(script)/gi, '<\\/$1');
  const policy = `default-src 'none'; script-src '${hashOf(code)}'; style-src '${hashOf(style)}'; img-src data:; base-uri 'none'; form-action 'none'`;
  const verdict = verdictOf(view);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${titleOf(view)}: ${verdict.headline}</title>
<style>${raw(style)}</style>
</head>
<body>
<a class="skip" href="#figures">Skip to the figures</a>
<header class="masthead">
<p class="kicker"><span class="brand">SINGscope</span><span>${titleOf(view)}</span><time datetime="${startOf(view).toISOString()}">${dateText(startOf(view))}</time></p>
</header>
<main>
<section class="front" aria-labelledby="verdict">
<h1 id="verdict">${verdict.headline}</h1>
<p class="lead">${verdict.lead}</p>
<p class="trained">${trainedOf(view)}</p>
${overview(view)}
</section>
<div id="figures">
${figureSections(view, data)}
${updateSection(view)}
${codeSection(view)}
${recordSections(view)}
</div>
</main>
<footer><p>Made by SINGscope on this machine. This file needs no network and sends nothing.</p></footer>
<script type="application/json" id="report-data">${raw(JSON.stringify(data).replace(/</g, '\\u003c'))}</script>
<script>${raw(code)}</script>
</body>
</html>
`.text;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function titleOf(view: ReportView): string {
  return view.trial ? `Trial ${view.trial.trial}` : `Run ${view.arms.flatMap((arm) => arm.runs.map(({reader}) => reader.id)).join(', ')}`;
}

function startOf(view: ReportView): Date {
  return new Date(Math.min(...view.arms.flatMap((arm) => arm.runs.map(({reader}) => reader.launch.created))));
}

function dateText(date: Date): string {
  return new Intl.DateTimeFormat('en-GB', {dateStyle: 'long', timeStyle: 'short'}).format(date);
}

function trainedOf(view: ReportView): Html {
  const launch = view.arms.flatMap((arm) => arm.runs)[0]?.reader.launch;
  const command = launch?.script ? [pathText(launch.script, launch.cwd), ...launch.args].join(' ') : 'a command';
  return html`<code>${command}</code> ${trainedText(view)}`;
}
