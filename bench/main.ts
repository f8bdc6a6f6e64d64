import Table from 'cli-table3';
import {availableParallelism, loadavg} from 'node:os';
import {benchPanel} from './panel';
import type {Row} from './rows';

const LATER = new Set(['sing', 'telemetry', 'faults']);
const UNUSABLE = 2;

await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  const json = args.includes('--json');
  const problem = problemOf(args.filter((arg) => arg !== '--json'));
  if (problem !== null) {
    process.stderr.write(`${problem}\n`);
    process.exitCode = UNUSABLE;
    return;
  }
  const rows = await benchPanel((line) => process.stderr.write(`${line}\n`));
  process.stdout.write(json ? `${JSON.stringify({rows})}\n` : `${tableOf(rows)}\n`);
}

function problemOf(wanted: readonly string[]): string | null {
  const unknown = wanted.find((name) => name !== 'panel');
  if (unknown === undefined) return null;
  if (LATER.has(unknown)) return `The bench ${unknown} is not there yet: use \`npm run bench -- panel\`.`;
  return unknown.startsWith('-') ? `${unknown} is no option of the bench: there is --json.` : `There is no bench ${unknown}: use \`npm run bench -- panel\`.`;
}

function tableOf(rows: readonly Row[]): string {
  const table = new Table({head: ['case', 'metric', 'value', 'goal', 'samples'], style: {head: [], border: []}, colAligns: ['left', 'left', 'right', 'left', 'right']});
  for (const {case: name, metric, value, unit, goal, met, samples} of rows) {
    const wanted = goal === null ? '' : `≤ ${goal} ${unit}: ${met === null ? 'not measured' : met ? 'met' : 'MISSED'}`;
    table.push([name, metric, value === null ? '–' : `${value.toFixed(1)} ${unit}`, wanted, samples]);
  }
  const load = loadavg()[0] ?? 0;
  return `${table.toString()}\n${availableParallelism()} processors, load ${load.toFixed(1)}; software renderer`;
}
