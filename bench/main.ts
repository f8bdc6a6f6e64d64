import Table from 'cli-table3';
import {availableParallelism, cpus, loadavg} from 'node:os';
import type {Row} from './rows';

const UNUSABLE = 2;
const benches = {
  sing: async () => (await import('./sing')).benchSing,
  panel: async () => (await import('./panel')).benchPanel,
};
const LATER = new Set(['telemetry', 'faults']);

await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  const json = args.includes('--json');
  const wanted = args.filter((arg) => arg !== '--json');
  const problem = wanted.map(problemOf).find((line) => line !== null) ?? null;
  if (problem !== null) {
    process.stderr.write(`${problem}\n`);
    process.exitCode = UNUSABLE;
    return;
  }
  const rows: Row[] = [];
  for (const name of wanted.length === 0 ? Object.keys(benches) : wanted) {
    const bench = await benches[name as keyof typeof benches]();
    rows.push(...await bench((line) => process.stderr.write(`${line}\n`)));
  }
  process.stdout.write(json ? `${JSON.stringify({rows})}\n` : `${tableOf(rows)}\n`);
}

function problemOf(name: string): string | null {
  if (Object.hasOwn(benches, name)) return null;
  const mend = `use ${Object.keys(benches).map((there) => `\`npm run bench -- ${there}\``).join(' or ')}.`;
  if (LATER.has(name)) return `The bench ${name} is not there yet: ${mend}`;
  return name.startsWith('-') ? `${name} is no option of the bench: there is --json.` : `There is no bench ${name}: ${mend}`;
}

function tableOf(rows: readonly Row[]): string {
  const table = new Table({head: ['case', 'arm', 'metric', 'value', 'baseline', 'ratio', 'goal', 'samples'], style: {head: [], border: [], compact: true}, colAligns: ['left', 'left', 'left', 'right', 'right', 'right', 'left', 'right']});
  for (const row of rows) {
    const {case: name, arm, metric, value, unit, baseline, ratio, samples} = row;
    const amount = (of: number | null): string => (of === null ? '–' : `${of.toFixed(of < 10 ? 2 : 1)} ${unit}`);
    table.push([name, arm ?? '', metric, amount(value), baseline === null ? '' : amount(baseline), ratio === null ? '' : ratio.toFixed(3), goalOf(row), samples]);
  }
  return `${table.toString()}\n${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} processors, load ${(loadavg()[0] ?? 0).toFixed(1)}, Node ${process.version}`;
}

function goalOf({goal, met, ratio, unit}: Row): string {
  if (goal === null) return '';
  const outcome = met === null ? 'not measured' : met ? 'met' : 'MISSED';
  return `≤ ${goal}${ratio === null ? ` ${unit}` : ''}: ${outcome}`;
}
