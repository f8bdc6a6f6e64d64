import type {Parameter} from '../protocol/events';
import {mergedMoments, type GradientMoments} from '../protocol/moments';
import type {RunReader} from './runReader';

/** Parameters that are taken as one: of a layer, or of the network. */
export interface ParameterGroup {
  layer: string;
  parameters: readonly Parameter[];
}

/** The layers of a run, in network order. */
export function layersOf({parameters}: RunReader): ParameterGroup[] {
  const byLayer = new Map<string, Parameter[]>();
  for (const parameter of parameters) {
    const known = byLayer.get(parameter.layer);
    if (known) known.push(parameter);
    else byLayer.set(parameter.layer, [parameter]);
  }
  return Array.from(byLayer, ([layer, members]) => ({layer, parameters: members}));
}

/**
 * Gradients of a group taken as one, step by step, by those of its parameters that had one in the step. Where the record was thinned,
 * only the steps at which all have a row that have any before and after: of others rows may have been let go.
 */
export function* groupMoments(run: RunReader, {parameters}: Pick<ParameterGroup, 'parameters'>): Generator<GradientMoments & {step: number}> {
  const members = membersOf(run, parameters).map((member) => ({...member, row: 0, ...spanOf(member)}));
  const thinned = run.thinnedThrough('parameters');
  for (;;) {
    const steps = members.map(({series, row}) => (row < series.length ? (series.column('step')[row] ?? Infinity) : Infinity));
    const step = Math.min(...steps);
    if (!Number.isFinite(step)) return;
    const present = members.filter((_member, at) => steps[at] === step);
    const isWhole = step > thinned || members.every((member, at) => steps[at] === step || step < member.first || step > member.last);
    if (isWhole) yield {step, ...mergedMoments(present.map(({series, row, count}) => momentsAt(series, row, count)))};
    for (const member of present) member.row++;
  }
}

/** Gradients of a group at the last step in which one of its parameters had any; null where none ever had. */
export function lastGroupMoments(run: RunReader, {parameters}: Pick<ParameterGroup, 'parameters'>): GradientMoments | null {
  const members = membersOf(run, parameters);
  const last = Math.max(...members.map(({series}) => series.column('step').at(-1) ?? -Infinity));
  const present = members.filter(({series}) => series.column('step').at(-1) === last);
  return present.length === 0 || !Number.isFinite(last) ? null : mergedMoments(present.map(({series, count}) => momentsAt(series, series.length - 1, count)));
}

function spanOf({series}: Member): {first: number; last: number} {
  const steps = series.column('step');
  return {first: steps[0] ?? Infinity, last: steps.at(-1) ?? -Infinity};
}

interface Member {
  series: ReturnType<RunReader['series']>;
  /** Elements of the parameter. */
  count: number;
}

function membersOf(run: RunReader, parameters: readonly Parameter[]): Member[] {
  return parameters.map(({index, shape}) => ({series: run.series(index), count: shape.reduce((size, length) => size * length, 1)}));
}

function momentsAt(series: Member['series'], row: number, count: number): GradientMoments {
  const value = (name: Exclude<keyof GradientMoments, 'count'>): number => series.column(name)[row] ?? NaN;
  return {
    count, mean: value('mean'), std: value('std'), min: value('min'), max: value('max'), norm: value('norm'),
    zeros: value('zeros'), nan: value('nan'), negInf: value('negInf'), posInf: value('posInf'),
  };
}
