import {basename} from 'node:path';
import {l10n, window} from 'vscode';
import type {RunArgument} from '../contributions';
import type {Parameter} from '../protocol/events';
import {UserProblem} from './messages';
import type {CodePort} from './ports';
import {openSite} from './siteOpening';

/** Lets the user choose a layer of a run, in network order, and opens the line that made it. @throws UserProblem */
export async function goToLayer(run: RunArgument, lineOf: CodePort['lineOf']): Promise<void> {
  const [{EventLog}, {runDir}] = await Promise.all([import('../runs/eventLog'), import('../runs/runStore')]);
  const events = new EventLog(runDir(run.store, run.run)).read();
  const troubled = new Set(events.flatMap((event) => (event.type === 'finding' && event.finding.layer !== null ? [event.finding.layer] : [])));
  const layers = new Map<string, Parameter[]>();
  for (const event of events) {
    if (event.type === 'parameter') layers.set(event.parameter.layer, [...layers.get(event.parameter.layer) ?? [], event.parameter]);
  }
  if (layers.size === 0) throw new UserProblem(l10n.t('This run has recorded no layers: it made no optimizer step.'));
  const items = [...layers].flatMap(([layer, parameters]) => {
    const [first] = parameters;
    if (first === undefined) return [];
    const {site, layerClass} = first;
    return [{
      label: `${troubled.has(layer) ? '$(warning) ' : ''}${layer}`,
      description: [layerClass, site === null ? null : `${basename(site.file)}:${site.line}`].filter(Boolean).join(' · '),
      detail: parameters.map(({name, shape}) => `${name.slice(name.lastIndexOf('/') + 1)} [${shape.join(', ')}]`).join('   '),
      first,
    }];
  });
  const picked = await window.showQuickPick(items, {placeHolder: l10n.t('Layer to go to'), matchOnDescription: true});
  if (picked !== undefined) await openSite(run, picked.first, lineOf);
}
