import {expect, test} from 'vitest';
import {groupMoments} from '../../../src/runs/groupMoments';
import {openRun} from '../../../src/runs/runReader';
import {parameterOf, parameterRow, RunFolder, temporaryStore} from '../../support/runFolder';

/** Steps of each of three parameters; the third is frozen from step 6 on. */
const rows = [[1, 2, 4, 6, 8, 9, 10], [1, 3, 4, 6, 7, 9, 10], [1, 4, 5]];

function stepsOf(folder: RunFolder): number[] {
  const run = openRun(folder.dir);
  return Array.from(groupMoments(run, run), ({step}) => step);
}

test('of a thinned record a group has the steps that are whole; of others its numbers would be those of a part', () => {
  const folder = new RunFolder(temporaryStore(), '20261124-101500-abcd').parameters(...rows.map((_, index) => parameterOf(index, `p${index}/kernel`)));
  rows.forEach((steps, index) => folder.rows(steps.map((step) => parameterRow(step, index))));
  expect(stepsOf(folder)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  folder.event({type: 'thinned', table: 'steps', through: 9});
  expect(stepsOf(folder)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  folder.event({type: 'thinned', table: 'parameters', through: 7});
  expect(stepsOf(folder)).toEqual([1, 4, 6, 8, 9, 10]);
});
