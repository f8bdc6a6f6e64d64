import {describe, expect, it} from 'vitest';
import {binEdges, binOf, binOfBits, HISTOGRAM_BINS} from '../../../src/protocol/histogram';
import {countValues, sparseHistogram} from '../../../src/worker/histogramCounts';

const SMALLEST = 2 ** -149;
const LARGEST = 3.4028234663852886e38;

function histogramOf(values: Float32Array): Map<number, number> {
  const counts = new Int32Array(HISTOGRAM_BINS);
  countValues(values, counts);
  const {bins, counts: filled} = sparseHistogram(counts, 0);
  return new Map(Array.from(bins, (bin, i) => [bin, filled[i] ?? 0]));
}

describe('bins', () => {
  it.each([1, -1, 1e-9, -1e3, 1.5, 2, -2, SMALLEST, -SMALLEST, 5e-39, 1.1e-38, 2 ** -126, LARGEST, -LARGEST])('has %d within its edges', (value) => {
    const {low, high} = binEdges(binOf(value));
    const [near, far] = value > 0 ? [low, high] : [-high, -low];
    expect(Math.abs(value)).toBeGreaterThanOrEqual(near);
    expect(Math.abs(value)).toBeLessThan(far);
  });

  it('keeps zeros, infinities and NaN each apart from all else', () => {
    const signallingNaN = new Float32Array(Uint32Array.of(0x7f800001, 0xff800001).buffer);
    expect(histogramOf(Float32Array.of(0, -0, SMALLEST, -SMALLEST, 2 ** -127))).toEqual(new Map([[0, 1], [1, 2], [512, 1], [513, 1]]));
    expect(histogramOf(Float32Array.of(Infinity, -Infinity, NaN, LARGEST))).toEqual(new Map([[509, 1], [510, 1], [511, 1], [1022, 1]]));
    expect(histogramOf(signallingNaN)).toEqual(new Map([[511, 1], [1023, 1]]));
  });

  it('is finite, without gap or overlap, from the smallest number to the largest', () => {
    expect(binEdges(0)).toEqual({low: 0, high: 0});
    expect(binEdges(512)).toEqual({low: 0, high: 0});
    for (let bin = 1; bin < 509; bin++) expect(binEdges(bin + 1).low).toBe(binEdges(bin).high);
    expect(binEdges(510)).toEqual({low: Infinity, high: Infinity});
  });

  it('knows every pattern of bits', () => {
    for (let bits = 0; bits < 2 ** 32; bits += 65_521) expect(binOfBits(bits)).toBeLessThan(HISTOGRAM_BINS);
  });
});
