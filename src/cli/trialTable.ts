import pc from 'picocolors';
import {pairedDifferences} from '../diagnosis/verdict';
import type {ArmName, RunSummary} from '../protocol/runSummary';
import type {TrialRun} from '../session/trialSummary';
import {tableText} from './table';
import {shortNumber, siteText} from './texts';

/** Names under which a training reports how often it is right; validation first. */
const accuracyNames = ['val_acc', 'val_accuracy', 'acc', 'accuracy'];

/** All runs of a trial, one a row. */
export function runsTable(arms: readonly {name: string; runs: readonly TrialRun[]}[]): string {
  const rows = arms.flatMap(({name, runs}) => runs.map(({seed, summary, finalLoss}) => [
    name, seed, shortNumber(finalLoss), shortNumber(accuracyOf(summary)), divergedText(summary),
    shortNumber(summary.stepMs.median === null ? null : Number(summary.stepMs.median.toPrecision(3))), findingsOf(summary),
  ]));
  return tableText(['arm', 'seed', 'final loss', 'accuracy', 'diverged', 'ms/step', 'findings'], rows);
}

/** Paired differences, one seed a row. */
export function differencesTable(off: readonly TrialRun[], on: readonly TrialRun[], arm: ArmName): string {
  const pairs = off.flatMap((run) => {
    const other = on.find(({seed}) => seed === run.seed);
    if (other === undefined) return [];
    return [{seed: run.seed, off: {finalLoss: run.finalLoss, diverged: run.summary.diverged}, on: {finalLoss: other.finalLoss, diverged: other.summary.diverged}}];
  });
  const rows = pairedDifferences(pairs).map((row) => [row.seed ?? '', lossText(row.off), lossText(row.on), differenceText(row.difference, arm)]);
  return tableText(['seed', 'off', arm, `off − ${arm}`], rows);
}

/** Accuracy at the end of the run, as the report shows it; null when the script reported none. */
export function accuracyOf({metrics}: RunSummary): number | null {
  const name = accuracyNames.find((candidate) => metrics[candidate] !== undefined);
  return name === undefined ? null : (metrics[name]?.last ?? null);
}

function divergedText({status, diverged}: RunSummary): string {
  if (status === 'failed' || status === 'crashed') return pc.red(status);
  return diverged ? pc.red('yes') : 'no';
}

function findingsOf({findings}: RunSummary): string {
  if (findings.length === 0) return 'none';
  return findings.map(({rule, onsetStep, site, layer, parameter}) => {
    const where = site === null ? (parameter ?? layer ?? '') : siteText(site);
    return `${rule} at step ${onsetStep}${where === '' ? '' : `, ${where}`}`;
  }).join('\n');
}

function lossText(loss: number): string {
  return loss === Infinity ? 'diverged' : Number.isNaN(loss) ? 'no loss' : shortNumber(loss);
}

function differenceText(difference: number, arm: ArmName): string {
  if (difference === Infinity) return `${arm} better`;
  if (difference === -Infinity) return 'off better';
  if (Number.isNaN(difference)) return '–';
  return shortNumber(difference);
}
