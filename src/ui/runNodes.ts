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
  const runsBelow = (parent: string): RunNode[] => records.filter(({launch}) => launch.parent === parent).map(nodeOf).reverse();
  const nodeOf = (record: RunRecord): RunNode => ({kind: 'run', store: record.store, run: record.run, record, children: runsBelow(record.run)});
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


/**
 * Gives nodes that are shown what a new reading says of them, where both have the same nodes in the same places.
 * @returns false where they have not; then nothing was changed
 */
export function updateNodes(shown: readonly RunNode[], read: readonly RunNode[]): boolean {
  if (!samePlaces(shown, read)) return false;
  take(shown, read);
  return true;
}

/** All nodes, those below others included. */
export function everyNode(nodes: readonly RunNode[]): RunNode[] {
  return nodes.flatMap((node) => [node, ...everyNode(childrenOf(node))]);
}

function samePlaces(a: readonly RunNode[], b: readonly RunNode[]): boolean {
  return a.length === b.length && a.every((node, place) => keyOf(node) === keyOf(b[place]!) && samePlaces(childrenOf(node), childrenOf(b[place]!)));
}

function take(shown: readonly RunNode[], read: readonly RunNode[]): void {
  for (const [place, node] of shown.entries()) {
    const from = read[place]!;
    const {children, ...rest} = 'children' in from ? from : {...from, children: []};
    take(childrenOf(node), children);
    Object.assign(node, rest);
  }
}

function childrenOf(node: RunNode): RunNode[] {
  return 'children' in node ? node.children : [];
}

/** A trial that ended is another item than the one that went on. */
function keyOf(node: RunNode): string {
  switch (node.kind) {
    case 'folder': return `folder\0${node.name}`;
    case 'trial': return `trial\0${node.store}\0${node.trial}\0${node.record.overview.state}`;
    case 'run': return `run\0${node.store}\0${node.run}`;
    case 'more': return 'more';
  }
}
