import {binEdges} from '../../protocol/histogram';
import {groupMoments, layersOf} from '../groupMoments';
import {seriesColumns, stepColumns, type RunReader} from '../runReader';
import {updateNumberNames, updateNumbers} from '../updateNumbers';

export type ColumnKind = 'int' | 'float' | 'text';

export interface Column {
  name: string;
  kind: ColumnKind;
}

/** Columns by name, all of one length. */
export type Chunk = Record<string, ArrayLike<number> | readonly string[]>;

/** One table of an export; its rows come in chunks, so that no table has to lie in memory twice. */
export interface Table {
  name: string;
  columns: Column[];
  chunks(): Iterable<Chunk>;
}

const HISTOGRAM_ROWS = 50_000;
const WHOLE = new Set(['step', 'tensors', 'optimizer', 'thread', 'zeros', 'nan', 'negInf', 'posInf']);

const int = (...names: string[]): Column[] => names.map((name) => ({name, kind: 'int'}));
const float = (...names: string[]): Column[] => names.map((name) => ({name, kind: 'float'}));
const text = (...names: string[]): Column[] => names.map((name) => ({name, kind: 'text'}));
const asRecorded = (names: readonly string[]): Column[] => names.map((name) => ({name, kind: WHOLE.has(name) ? 'int' : 'float'}));

/** The tables that a run folder's reader makes of it; columns are named as in the folder, names of parameters and layers stand beside their index. */
export function exportTables(run: RunReader): Table[] {
  return [stepsTable(run), parametersTable(run), layersTable(run), histogramsTable(run), updatesTable(run), metricsTable(run), findingsTable(run)];
}

function stepsTable({steps}: RunReader): Table {
  return {
    name: 'steps',
    columns: asRecorded(stepColumns),
    chunks: () => [Object.fromEntries(stepColumns.map((name) => [name, steps.column(name)]))],
  };
}

/** Sorted by parameter, then step. */
function parametersTable(run: RunReader): Table {
  const moments = seriesColumns.filter((name) => name !== 'step');
  return {
    name: 'parameters',
    columns: [...int('step', 'parameter'), ...text('name', 'layer'), ...asRecorded(moments)],
    * chunks() {
      for (const {index, name, layer} of run.parameters) {
        const series = run.series(index);
        const constant = {parameter: Array<number>(series.length).fill(index), name: Array<string>(series.length).fill(name), layer: Array<string>(series.length).fill(layer)};
        yield {...constant, ...Object.fromEntries(seriesColumns.map((column) => [column, series.column(column)]))};
      }
    },
  };
}

/** Gradients of each layer, and of the network, taken as one; `layer` is empty for the network. Sorted by layer, then step. */
function layersTable(run: RunReader): Table {
  return {
    name: 'layers',
    columns: [...int('step'), ...text('layer'), ...float('mean', 'std', 'min', 'max', 'norm'), ...int('count', 'zeros', 'nan', 'negInf', 'posInf')],
    * chunks() {
      for (const group of [...layersOf(run), {layer: '', parameters: run.parameters}]) {
        const rows = [...groupMoments(run, group)];
        const columns = groupColumns.map((name) => [name, rows.map((row) => row[name])]);
        yield {layer: Array<string>(rows.length).fill(group.layer), ...Object.fromEntries(columns) as Chunk};
      }
    },
  };
}

const groupColumns = ['step', 'mean', 'std', 'min', 'max', 'norm', 'count', 'zeros', 'nan', 'negInf', 'posInf'] as const;

/** Sampled steps: what an update did, see `UpdateNumbers`. */
function updatesTable(run: RunReader): Table {
  return {
    name: 'updates',
    columns: [...int('step', 'parameter'), ...text('name'), ...float(...updateNumberNames)],
    * chunks() {
      for (const {index, name} of run.parameters) {
        const rows = updateNumbers(run, index);
        const columns = updateNumberNames.map((column) => [column, rows.map((row) => row[column])]);
        yield {step: rows.map(({step}) => step), parameter: Array<number>(rows.length).fill(index), name: Array<string>(rows.length).fill(name), ...Object.fromEntries(columns) as Chunk};
      }
    },
  };
}

/** One row for each bin that holds something; `low` and `high` are its edges. */
function histogramsTable(run: RunReader): Table {
  return {
    name: 'histograms',
    columns: [...int('step', 'parameter'), ...text('name'), ...int('bin'), ...float('low', 'high'), ...int('count')],
    * chunks() {
      let rows = emptyHistogramRows();
      for (const {index, name} of run.parameters) {
        for (const {step, bins, counts} of run.histograms(index)) {
          bins.forEach((bin, i) => {
            const {low, high} = binEdges(bin);
            rows.step.push(step);
            rows.parameter.push(index);
            rows.name.push(name);
            rows.bin.push(bin);
            rows.low.push(low);
            rows.high.push(high);
            rows.count.push(counts[i] ?? 0);
          });
          if (rows.step.length < HISTOGRAM_ROWS) continue;
          yield rows;
          rows = emptyHistogramRows();
        }
      }
      yield rows;
    },
  };
}

function emptyHistogramRows(): {step: number[]; parameter: number[]; name: string[]; bin: number[]; low: number[]; high: number[]; count: number[]} {
  return {step: [], parameter: [], name: [], bin: [], low: [], high: [], count: []};
}

/** `scope`: batch, or whole for values of epochs, evaluations and the script's own. */
function metricsTable({metrics}: RunReader): Table {
  return {
    name: 'metrics',
    columns: [...text('name', 'scope'), ...int('step'), ...float('value')],
    * chunks() {
      for (const name of metrics.names) {
        const series = metrics.get(name);
        if (!series) continue;
        for (const [scope, {length, ...columns}] of [['whole', columnsOf(series.whole)], ['batch', columnsOf(series.batches)]] as const) {
          yield {name: Array<string>(length).fill(name), scope: Array<string>(length).fill(scope), ...columns};
        }
      }
    },
  };
}

function columnsOf(series: {length: number; column(name: 'step' | 'value'): Float64Array}): {length: number; step: Float64Array; value: Float64Array} {
  return {length: series.length, step: series.column('step'), value: series.column('value')};
}

/** `file`, `line`, `column`: where the layer was made; empty and 0 where that is not known. */
function findingsTable({findings}: RunReader): Table {
  return {
    name: 'findings',
    columns: [
      ...text('id', 'rule', 'severity'), ...int('onsetStep', 'step'), ...text('layer', 'parameter', 'file'), ...int('line', 'column'),
      ...float('value', 'baseline', 'confidence'), ...text('message'),
    ],
    chunks: () => [{
      id: findings.map(({id}) => id),
      rule: findings.map(({rule}) => rule),
      severity: findings.map(({severity}) => severity),
      onsetStep: findings.map(({onsetStep}) => onsetStep),
      step: findings.map(({step}) => step),
      layer: findings.map(({layer}) => layer ?? ''),
      parameter: findings.map(({parameter}) => parameter ?? ''),
      file: findings.map(({site}) => site?.file ?? ''),
      line: findings.map(({site}) => site?.line ?? 0),
      column: findings.map(({site}) => site?.column ?? 0),
      value: findings.map(({value}) => value),
      baseline: findings.map(({baseline}) => baseline ?? NaN),
      confidence: findings.map(({confidence}) => confidence),
      message: findings.map(({message}) => message),
    }],
  };
}
