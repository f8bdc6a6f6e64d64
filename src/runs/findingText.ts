import type {Finding} from '../protocol/finding';
import type {Launch} from '../protocol/runFolder';
import {lossText, numberText} from './report/numberText';
import {singSwitches} from './report/singSwitches';
import type {RunReader} from './runReader';

const LINES_AROUND = 6;
const LONGEST_LINE = 200;
const STEPS_BEFORE = 6;
const STEPS_AFTER = 4;
const OTHERS = 5;

/**
 * All that is known of a finding as plain text, for a colleague or an agent who has only this:
 * what, where in the code as it ran, when, the numbers around it, how the run was set, how to run it again.
 * In English, as the finding itself.
 */
export function findingText(reader: RunReader, finding: Finding): string {
  const {rule, severity, message, confidence} = finding;
  const sections = [
    `SINGscope finding: ${rule} (${severity}, confidence ${Math.round(confidence * 100)} %)\n${message}`,
    whereSection(reader, finding), whenSection(reader, finding), numbersSection(reader, finding),
    runSection(reader), reproduceSection(reader.launch), othersSection(reader, finding),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function whereSection(reader: RunReader, {layer, parameter, site, onsetStep}: Finding): string {
  const known = reader.parameters.find(({name}) => name === parameter);
  const named = layer === null ? 'none to blame' : `${layer}${known?.layerClass == null ? '' : ` (${known.layerClass})`}`;
  const shape = known === undefined ? '' : `, shape [${known.shape.join(', ')}]`;
  const training = reader.trainings.filter(({step}) => step < onsetStep).at(-1) ?? reader.trainings[0];
  const place = site ?? training?.site ?? null;
  return [
    'Where',
    `  layer: ${named}${parameter === null ? '' : `, parameter ${parameter}${shape}`}`,
    ...(place === null ? ['  line: not known (code without a source map)'] : [`  ${site === null ? 'training called' : 'made'} at: ${place.file}:${place.line}:${place.column}`, ...excerpt(reader, place.file, place.line)]),
  ].join('\n');
}

/** The lines around a site as they ran; none where the run kept no copy. */
function excerpt(reader: RunReader, file: string, line: number): string[] {
  const source = reader.sources.get(file)?.text() ?? null;
  if (source === null) return [];
  const first = Math.max(1, line - LINES_AROUND);
  const lines = source.split(/\r\n|\r|\n/).slice(first - 1, line + LINES_AROUND);
  return ['  the code as it ran:', ...lines.map((text, at) => `  ${first + at === line ? '>' : ' '} ${String(first + at).padStart(5)} | ${text.slice(0, LONGEST_LINE)}`)];
}

function whenSection(reader: RunReader, {onsetStep, step, value, baseline}: Finding): string {
  return [
    'When',
    `  shows at step ${onsetStep}, certain at step ${step}, of ${reader.lastStep} recorded`,
    `  value ${numberText(value)}${baseline === null ? '' : `, usually ${numberText(baseline)}`}`,
  ].join('\n');
}

/** Steps around the onset: the whole network's, and those of the parameter that is named. */
function numbersSection(reader: RunReader, {parameter, onsetStep, step: certain}: Finding): string {
  const steps = reader.steps.column('step');
  const index = reader.parameters.find(({name}) => name === parameter)?.index ?? null;
  const series = index === null ? null : reader.series(index);
  const rowOf = new Map(Array.from(series?.column('step') ?? [], (step, row) => [step, row]));
  const rows = Array.from(steps, (step, row) => ({step, row})).filter(({step}) => isNear(step, onsetStep) || step === certain);
  if (rows.length === 0) return '';
  const head = ['step', 'loss', 'learning rate', 'norm of all', ...(series === null ? [] : ['norm', 'mean', 'std', 'min', 'max', 'not finite'])];
  const body = rows.map(({step, row}) => {
    const cells = [String(step), lossText(reader.steps.column('loss')[row] ?? NaN), numberText(reader.steps.column('learningRate')[row]), numberText(reader.steps.column('norm')[row])];
    const at = rowOf.get(step);
    if (series === null) return cells;
    if (at === undefined) return [...cells, ...head.slice(4).map(() => '–')];
    const broken = (series.column('nan')[at] ?? 0) + (series.column('posInf')[at] ?? 0) + (series.column('negInf')[at] ?? 0);
    return [...cells, ...(['norm', 'mean', 'std', 'min', 'max'] as const).map((column) => numberText(series.column(column)[at])), String(broken)];
  });
  const title = `Gradients around it (before SING; norms are those of the finite elements${series === null ? '' : `; the right part is ${parameter ?? ''}`})`;
  return [title, ...table([head, ...body])].join('\n');
}

function isNear(step: number, onset: number): boolean {
  return step >= onset - STEPS_BEFORE && step <= onset + STEPS_AFTER;
}

function table(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')}`);
}

function runSection(reader: RunReader): string {
  const {launch} = reader;
  const backend = reader.lastEvent('backend')?.backend ?? null;
  const start = reader.lastEvent('start');
  const end = reader.lastEvent('end');
  const sing = singSwitches(reader) ?? `SING was ${reader.sing.mode}`;
  const parts = reader.sing.mode === 'off' ? '' : ` (centralize ${String(reader.sing.centralize)}, normalize ${String(reader.sing.normalize)}, excluded ${reader.sing.exclude.join(' ') || 'nothing'})`;
  return [
    'Run',
    `  id ${launch.id}, ${reader.status()}, started ${new Date(launch.created).toISOString()}, in ${reader.store}`,
    `  script ${[launch.script ?? '(a command)', ...launch.args].join(' ')}, in ${launch.cwd}`,
    ...(backend === null ? [] : [`  ${backendText(backend)}`]),
    `  Node ${start?.node ?? 'unknown'}; seed ${launch.seed ?? 'of the script itself'}; learning rate ${launch.lrScale === 1 ? 'as in the script' : `times ${launch.lrScale}`}${launch.arm === null ? '' : `; arm ${launch.arm} of trial ${launch.trial ?? ''}`}`,
    `  ${sing}${parts}`,
    ...(end?.error == null ? [] : [`  ended with: ${end.error}`]),
  ].join('\n');
}

function backendText({name, package: from, packageVersion, tensorflow, device, threads}: {name: string; package: string | null; packageVersion: string | null; tensorflow: string | null; device: string; threads: number}): string {
  const version = tensorflow === null ? 'pure JavaScript' : `TensorFlow ${tensorflow}`;
  return `${from === null ? 'bundled tfjs' : `${from} ${packageVersion ?? ''}`.trim()}, backend ${name}, ${version}, ${device}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
}

function reproduceSection({script, args, cwd, sing, seed, lrScale, maxSteps}: Launch): string {
  if (script === null) return '';
  const options = [
    ...(sing.mode === 'off' ? [] : [`--sing ${sing.mode}`]), ...(seed === null ? [] : [`--seed ${seed}`]),
    ...(lrScale === 1 ? [] : [`--lr-scale ${lrScale}`]), ...(maxSteps === null ? [] : [`--max-steps ${maxSteps}`]),
  ];
  const rest = args.length > 0 ? [`-- ${args.map(quoted).join(' ')}`] : [];
  const command = ['npx singscope run', quoted(script), ...options, ...rest].join(' ');
  const compare = ['npx singscope ab', quoted(script), ...rest].join(' ');
  return ['Run it again', `  cd ${quoted(cwd)}`, `  ${command}`, `  ${compare}    (SING off against on)`].join('\n');
}

function othersSection(reader: RunReader, finding: Finding): string {
  const others = reader.findings.filter(({id}) => id !== finding.id);
  if (others.length === 0) return '';
  const more = others.length - OTHERS;
  return [
    'Other findings of this run',
    ...others.slice(0, OTHERS).map(({rule, onsetStep, layer}) => `  ${rule} from step ${onsetStep}${layer === null ? '' : `, ${layer}`}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join('\n');
}

function quoted(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll('\'', '\'\\\'\'')}'`;
}
