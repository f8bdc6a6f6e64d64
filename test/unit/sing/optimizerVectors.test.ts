import {describe, expect, it} from 'vitest';
import {runCase} from './optimizerCases';
import {vectors} from './vectors';

const gating = vectors.cases.filter((entry) => !entry.informational);

describe('the optimizers against the authors’ numbers', () => {
  it('has the vectors: 105 of 113 gate', () => {
    expect([gating.length, vectors.cases.length]).toEqual([105, 113]);
  });

  for (const form of ['map', 'array'] as const) {
    it(`all of them, gradients as ${form}`, ({annotate}) => {
      const results = gating.map((entry) => ({id: entry.id, off: runCase(entry, form)}));
      void annotate(`${results.length} optimizer vectors ran; the worst is ${Math.max(...results.map(({off}) => off)).toPrecision(3)} tolerances off`);
      expect(results.filter(({off}) => !(off <= 1))).toEqual([]);
      expect(results.length).toBe(105);
    });
  }
});
