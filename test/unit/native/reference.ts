import {MOMENT_COLUMNS} from '../../../src/protocol/moments';

/** A sum that loses nothing worth the name (Neumaier, 1974). */
class ExactSum {
  private sum = 0;
  private lost = 0;

  add(value: number): void {
    const next = this.sum + value;
    this.lost += Math.abs(this.sum) >= Math.abs(value) ? this.sum - next + value : value - next + this.sum;
    this.sum = next;
  }

  get value(): number {
    return this.sum + this.lost;
  }
}

/** Moments by the plain formulas in float64, in two passes with compensated sums. */
export function referenceMoments(values: Float32Array): Float64Array {
  const finite = [...values].filter(Number.isFinite);
  const sum = new ExactSum();
  const squares = new ExactSum();
  for (const value of finite) {
    sum.add(value);
    squares.add(value * value);
  }
  const mean = sum.value / finite.length;
  const deviations = new ExactSum();
  for (const value of finite) deviations.add((value - mean) ** 2);
  const low = finite.reduce((least, value) => Math.min(least, value), Infinity);
  const high = finite.reduce((most, value) => Math.max(most, value), -Infinity);
  const count = (test: (value: number) => boolean): number => values.reduce((total, value) => total + (test(value) ? 1 : 0), 0);
  const orNothing = (value: number): number => (finite.length === 0 ? NaN : value);
  const row = new Float64Array(MOMENT_COLUMNS);
  row.set([
    values.length, finite.length, orNothing(mean), orNothing(Math.sqrt(deviations.value / finite.length)), orNothing(low), orNothing(high),
    Math.sqrt(squares.value), count((value) => value === 0), count(Number.isNaN), count((value) => value === -Infinity), count((value) => value === Infinity),
    orNothing(Math.max(-low, high)),
  ]);
  return row;
}

/** Root mean square of the finite elements: what a cancelling moment is measured against. */
export function rootMeanSquare(values: Float32Array): number {
  const row = referenceMoments(values);
  return (row[1] as number) === 0 ? 0 : (row[6] as number) / Math.sqrt(row[1] as number);
}

/**
 * SING's transform by its formula, in float64.
 * @param centralize 0 none, 1 the mean of each column, 2 of each row
 * @param normalize 0 none, 1 L2 norm, 2 norm over the root of the size
 */
export function referenceSing(values: Float32Array, rows: number, columns: number, centralize: number, normalize: number, epsilon: number): number[] {
  const groupOf = (i: number): number => (centralize === 1 ? i % columns : Math.floor(i / columns));
  const sums = Array.from({length: centralize === 1 ? columns : rows}, () => new ExactSum());
  if (centralize !== 0) values.forEach((value, i) => { sums[groupOf(i)]?.add(value); });
  const size = centralize === 1 ? rows : columns;
  const meanFor = (i: number): number => (centralize === 0 ? 0 : (sums[groupOf(i)]?.value ?? NaN) / size);
  const centred = Array.from(values, (value, i) => value - meanFor(i));
  const norm = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0));
  const divisor = normalize === 0 ? 1 : normalize === 1 ? norm + epsilon : norm / Math.sqrt(values.length) + epsilon;
  return centred.map((value) => (divisor === 0 ? 0 : value / divisor));
}
