import type {RunRecord, TrialRecord} from './runIndex';

/** What the tree of runs shows: its items are the arguments of their commands. */
export type RunNode =
  | {kind: 'folder'; name: string; children: RunNode[]}
  | {kind: 'trial'; store: string; trial: string; record: TrialRecord; children: RunNode[]}
  | {kind: 'run'; store: string; run: string; record: RunRecord; children: RunNode[]}
  | {kind: 'more'; hidden: number};

/** Runs of trials below these, child processes below their parents, all by the newest first; below their folder where there are several. */
export function runNodes(records: readonly RunRecord[], trials: readonly TrialRecord[], hidden: number, folderOf: (script: string | null, store: string) => string | null): RunNode[] {
  const ids = new Set(records.map(({run}) => run));
  const childrenOf = (parent: string): RunNode[] => records.filter(({launch}) => launch.parent === parent).map(nodeOf).reverse();
  const nodeOf = (record: RunRecord): RunNode => ({kind: 'run', store: record.store, run: record.run, record, children: childrenOf(record.run)});
  const known = new Map(trials.map((trial) => [`${trial.store}\0${trial.trial}`, trial]));

  const top: {created: number; folder: string | null; node: RunNode}[] = [];
  for (const record of records) {
    const {launch, store} = record;
    const inTrial = launch.trial !== null && known.has(`${store}\0${launch.trial}`);
    if (inTrial || (launch.parent !== null && ids.has(launch.parent))) continue;
    top.push({created: launch.created, folder: folderOf(launch.script, store), node: nodeOf(record)});
  }
  for (const record of trials) {
    const runs = records.filter(({store, launch}) => store === record.store && launch.trial === record.trial && launch.parent === null);
    // A trial whose runs are all below the limit is below it too.
    if (runs.length === 0 && hidden > 0) continue;
    top.push({created: record.overview.trial.created, folder: folderOf(record.overview.trial.script, record.store), node: {kind: 'trial', store: record.store, trial: record.trial, record, children: runs.map(nodeOf).reverse()}});
  }
  top.sort((a, b) => b.created - a.created);
  const folders = [...new Set(top.map(({folder}) => folder))];
  const more: RunNode[] = hidden > 0 ? [{kind: 'more', hidden}] : [];
  if (folders.length <= 1) return [...top.map(({node}) => node), ...more];
  return [...folders.map((name): RunNode => ({kind: 'folder', name: name ?? '…', children: top.filter(({folder}) => folder === name).map(({node}) => node)})), ...more];
}

