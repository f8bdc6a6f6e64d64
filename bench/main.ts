import Table from 'cli-table3';
import {availableParallelism, cpus, loadavg} from 'node:os';
import type {Row} from './rows';

const UNUSABLE = 2;
const benches = {
  sing: async () => (await import('./sing')).benchSing,
  telemetry: async () => (await import('./telemetry')).benchTelemetry,
  panel: async () => (await import('./panel')).benchPanel,
};
/** Other forms than a table for the terminal. */
const forms = ['--json', '--markdown'];
const head = ['case', 'arm', 'metric', 'value', 'baseline', 'ratio', 'goal', 'samples'];
const LATER = new Set(['faults']);

await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  const form = forms.find((option) => args.includes(option)) ?? null;
  const wanted = args.filter((arg) => arg !== form);
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
  const text = form === '--json' ? JSON.stringify({rows}) : `${form === '--markdown' ? markdownOf(rows) : tableOf(rows)}\n${machine()}`;
  process.stdout.write(`${text}\n`);
}

function problemOf(name: string): string | null {
  if (Object.hasOwn(benches, name)) return null;
  const mend = `use ${Object.keys(benches).map((there) => `\`npm run bench -- ${there}\``).join(' or ')}.`;
  if (LATER.has(name)) return `The bench ${name} is not there yet: ${mend}`;
  return name.startsWith('-') ? `${name} is no option of the bench: there are ${forms.join(' and ')}.` : `There is no bench ${name}: ${mend}`;
}

function tableOf(rows: readonly Row[]): string {
  const table = new Table({head, style: {head: [], border: [], compact: true}, colAligns: ['left', 'left', 'left', 'right', 'right', 'right', 'left', 'right']});
  table.push(...rows.map(cellsOf));
  return table.toString();
}

/** As docs/performance.md has it. */
function markdownOf(rows: readonly Row[]): string {
  return [head, ['---', '---', '---', '---:', '---:', '---:', '---', '---:'], ...rows.map(cellsOf)].map((cells) => `| ${cells.join(' | ')} |`).join('\n') + '\n';
}

function cellsOf({case: name, arm, metric, value, unit, baseline, ratio, goal, met, samples}: Row): string[] {
  const amount = (of: number | null): string => (of === null ? '–' : `${of.toFixed(of < 10 ? 2 : 1)} ${unit}`);
  const outcome = met === null ? 'not measured' : met ? 'met' : 'MISSED';
  return [
    name, arm ?? '', metric, amount(value), baseline === null ? '' : amount(baseline), ratio === null ? '' : ratio.toFixed(3),
    goal === null ? '' : `≤ ${goal}${ratio === null ? ` ${unit}` : ''}: ${outcome}`, String(samples),
  ];
}

function machine(): string {
  return `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} processors, load ${(loadavg()[0] ?? 0).toFixed(1)}, Node ${process.version}`;
}
