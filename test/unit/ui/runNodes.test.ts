import {describe, expect, it} from 'vitest';
import type {RunRecord, TrialRecord} from '../../../src/ui/runIndex';
import {everyNode, runNodes, updateNodes, type RunNode} from '../../../src/ui/runNodes';

const run = (id: string, more: {parent?: string; trial?: string; status?: string} = {}): RunRecord =>
  ({store: '/s', run: id, status: more.status ?? 'running', launch: {created: Number(id), script: 'a.js', parent: more.parent ?? null, trial: more.trial ?? null}}) as unknown as RunRecord;
const trial = (id: string, state: string): TrialRecord => ({store: '/s', trial: id, overview: {state, trial: {created: Number(id), script: 'a.js'}}}) as unknown as TrialRecord;
const nodes = (records: RunRecord[], trials: TrialRecord[] = []): RunNode[] => runNodes(records, trials, 0, () => null);
const statuses = (of: RunNode[]): unknown[] => everyNode(of).flatMap((node) => (node.kind === 'run' ? [node.record.status] : []));

describe('a new reading of the same runs', () => {
  it('goes into the rows that are shown, those below others too', () => {
    const shown = nodes([run('3'), run('2', {parent: '1'}), run('1')]);
    const rows = everyNode(shown);
    expect(updateNodes(shown, nodes([run('3', {status: 'finished'}), run('2', {parent: '1', status: 'failed'}), run('1')]))).toBe(true);
    expect(everyNode(shown)).toEqual(rows);
    everyNode(shown).forEach((node, place) => expect(node).toBe(rows[place]));
    expect(statuses(shown)).toEqual(['finished', 'running', 'failed']);
  });

  it.each([
    ['a run came', [run('2'), run('1')]],
    ['a run went', []],
    ['a run got a child', [run('2', {parent: '1'}), run('1')]],
  ])('is drawn anew where %s', (_what, records) => {
    const shown = nodes([run('1')]);
    expect(updateNodes(shown, nodes(records))).toBe(false);
    expect(statuses(shown)).toEqual(['running']);
  });

  it('is drawn anew where a trial ended', () => {
    const records = [run('2', {trial: '1'})];
    const shown = nodes(records, [trial('1', 'running')]);
    expect(updateNodes(shown, nodes(records, [trial('1', 'finished')]))).toBe(false);
  });
});
