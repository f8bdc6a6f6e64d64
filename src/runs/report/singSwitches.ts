import type {SingSettings} from '../../protocol/sing';
import type {RunReader} from '../runReader';
import type {ReportView} from './reportView';

const partNames: Record<Exclude<keyof SingSettings, 'mode'>, string> = {
  centralize: 'centralizing', normalize: 'normalizing', softplus: 'softplus', lookahead: 'lookahead',
  weightDecay: 'weight decay', skipNonFinite: 'skipping of non-finite steps', exclude: 'exclusions',
};

/**
 * How SING was switched while the run went on: `SING was off, on from step 225, normalizing off from step 300`.
 * null where it was not, or only after the last recorded step. A step named is the first with the new setting.
 */
export function singSwitches(reader: RunReader): string | null {
  const last = reader.steps.column('step').reduce((a, b) => Math.max(a, b), 0);
  // An event names the last step before it; of several before one step, the last holds.
  const settingsFrom = new Map(reader.events('sing').map(({step, settings}) => [step + 1, settings]));
  let held = settingsFrom.get(1) ?? reader.launch.sing;
  const said = [`SING was ${held.mode}`];
  for (const [step, settings] of settingsFrom) {
    if (step > last) continue;
    const changed = changesBetween(held, settings);
    if (changed.length > 0) said.push(`${changed.join(' and ')} from step ${step.toLocaleString('en')}`);
    held = settings;
  }
  return said.length === 1 ? null : said.join(', ');
}

/** One sentence for each way in which runs were switched, with the runs' names where there are several. */
export function switchSentences(view: ReportView): string[] {
  const runs = view.arms.flatMap((arm) => arm.runs.map((run) => ({name: `${arm.label}, ${run.seed}`, said: singSwitches(run.reader)})));
  const namesOf = new Map<string, string[]>();
  for (const {name, said} of runs) if (said !== null) namesOf.set(said, [...(namesOf.get(said) ?? []), name]);
  return [...namesOf].map(([said, names]) => (runs.length > 1 ? `${names.join('; ')}: ${said}.` : `${said}.`));
}

function changesBetween(before: SingSettings, after: SingSettings): string[] {
  const parts = (Object.keys(partNames) as (keyof typeof partNames)[]).filter((part) => String(before[part]) !== String(after[part]));
  return [...(before.mode === after.mode ? [] : [after.mode]), ...parts.map((part) => `${partNames[part]} ${valueText(after[part])}`)];
}

function valueText(value: SingSettings[keyof SingSettings]): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (value === 'norm' || value === 'std') return `by ${value}`;
  return Array.isArray(value) ? value.join(' ') || 'none' : String(value);
}
