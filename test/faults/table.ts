/**
 * Prints what the detector finds on the whole corpus: `npx tsx test/faults/table.ts [seed …]`.
 * A fault counts as found by a finding of a fitting rule, as placed when every finding names a right layer.
 */
import Table from 'cli-table3';
import type {Case} from './case';
import {faultyCases, healthyCases} from './cases';
import {furtherFaulty} from './furtherFaulty';
import {furtherHealthy} from './furtherHealthy';
import {heldOutFaulty, heldOutHealthy} from './heldOutCases';
import {judge, record} from './judgement';

const seeds = process.argv.slice(2).map(Number);
if (seeds.length === 0) seeds.push(21, 22);

const isRight = (one: Case, layer: string | null): boolean => one.fault?.layers.some((right) => right === layer || (right !== null && layer?.startsWith(right) === true)) === true;

async function main(): Promise<void> {
  const table = new Table({head: ['corpus', 'runs', 'found', 'placed', 'latency median / p90', 'healthy with an alarm', 'false alarms per 1,000 steps']});
  const corpora: Array<[string, Case[]]> = [['first', [...healthyCases, ...faultyCases]], ['further', [...furtherHealthy, ...furtherFaulty]], ['held out', [...heldOutHealthy, ...heldOutFaulty]]];
  for (const [name, cases] of corpora) {
    let faulty = 0, found = 0, placed = 0, healthy = 0, alarmed = 0, alarms = 0, healthySteps = 0;
    const latencies: number[] = [];
    for (const one of cases) {
      for (const seed of seeds) {
        const series = await record(one, seed);
        const findings = judge(series);
        const said = findings.map(({rule, layer, step}) => `${rule} at ${step}${layer === null ? '' : ` in ${layer}`}`).join('; ') || 'nothing';
        if (one.fault === null) {
          healthy++;
          healthySteps += series.steps.length;
          alarms += findings.length;
          if (findings.length > 0) {
            alarmed++;
            console.log(`alarm   ${one.name} (seed ${seed}): ${said}`);
          }
          continue;
        }
        faulty++;
        const hit = findings.find(({rule}) => one.fault?.rules.includes(rule));
        if (hit !== undefined) {
          found++;
          latencies.push(hit.step - one.fault.onset);
        }
        if (hit !== undefined && findings.every(({layer}) => isRight(one, layer))) placed++;
        else console.log(`${hit === undefined ? 'missed ' : 'misplaced'} ${one.name} (seed ${seed}): ${said}`);
      }
    }
    latencies.sort((a, b) => a - b);
    const at = (share: number): number => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? NaN;
    table.push([name, faulty + healthy, `${found}/${faulty}`, `${placed}/${faulty}`, `${at(0.5)} / ${at(0.9)}`, `${alarmed}/${healthy}`, ((1000 * alarms) / healthySteps).toFixed(2)]);
  }
  console.log(table.toString());
}

void main();
