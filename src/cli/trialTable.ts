import Table from 'cli-table3';
import pc from 'picocolors';
import {pairedDifferences} from '../diagnosis/verdict';
import type {RunSummary} from '../protocol/runSummary';
import type {TrialRun} from '../session/trialSummary';
import {shortNumber, siteText} from './texts';

/** Names under which a training reports how often it is right; validation first. */
const accuracyNames = ['val_acc', 'val_accuracy', 'acc', 'accuracy'];

/** All runs of a trial, one a row. */
export function runsTable(arms: readonly {name: string; runs: readonly TrialRun[]}[]): string {
  const table = new Table({head: ['arm', 'seed', 'final loss', 'accuracy', 'diverged', 'ms/step', 'findings'], style: {head: ['bold']}, wordWrap: true});
  for (const {name, runs} of arms) {
    for (const {seed, summary, finalLoss} of runs) {
      const {stepMs, diverged, status} = summary;
      table.push([
        name, seed, shortNumber(finalLoss), shortNumber(accuracyOf(summary)),
        status === 'failed' || status === 'crashed' ? pc.red(status) : diverged ? pc.red('yes') : 'no',
        shortNumber(stepMs.median === null ? null : Number(stepMs.median.toPrecision(3))), findingsOf(summary),
      ]);
    }
  }
  return table.toString();
}

/** Paired differences, one seed a row. */
export function differencesTable(off: readonly TrialRun[], on: readonly TrialRun[]): string {
  const table = new Table({head: ['seed', 'off', 'on', 'off − on'], style: {head: ['bold']}});
  const pairs = off.flatMap((run) => {
    const other = on.find(({seed}) => seed === run.seed);
    if (other === undefined) return [];
    return [{seed: run.seed, off: {finalLoss: run.finalLoss, diverged: run.summary.diverged}, on: {finalLoss: other.finalLoss, diverged: other.summary.diverged}}];
  });
  for (const row of pairedDifferences(pairs)) table.push([row.seed ?? '', lossText(row.off), lossText(row.on), differenceText(row.difference)]);
  return table.toString();
}

/** Best accuracy that the script reported; null when it reported none. */
export function accuracyOf({metrics}: RunSummary): number | null {
  const name = accuracyNames.find((candidate) => metrics[candidate] !== undefined);
  return name === undefined ? null : (metrics[name]?.best ?? null);
}

function findingsOf({findings}: RunSummary): string {
  if (findings.length === 0) return 'none';
  return findings.map(({rule, onsetStep, site, layer, parameter}) => {
    const where = site === null ? (parameter ?? layer ?? '') : siteText(site);
    return `${rule} at step ${onsetStep}${where === '' ? '' : `, ${where}`}`;
  }).join('\n');
}

function lossText(loss: number): string {
  return loss === Infinity ? 'diverged' : shortNumber(loss);
}

function differenceText(difference: number): string {
  if (difference === Infinity) return 'on better';
  if (difference === -Infinity) return 'off better';
  return shortNumber(difference);
}
