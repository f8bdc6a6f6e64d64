import {gaussian} from './seededRandom';

/** Inputs and targets, a row each. */
export interface Rows {
  x: number[][];
  y: number[][];
}

const range = (count: number): number[] => [...Array(count).keys()];
export const oneHot = (label: number, classes: number): number[] => range(classes).map((at) => (at === label ? 1 : 0));

/** Gaussian clouds, one a class; classes can be rare. */
export function clouds(count: number, width: number, classes: number, shares?: number[]): Rows {
  const centers = range(classes).map(() => range(width).map(() => 1.2 * gaussian()));
  const labels = range(count).map(() => {
    if (shares === undefined) return Math.floor(Math.random() * classes);
    let left = Math.random();
    return Math.max(0, shares.findIndex((share) => (left -= share) < 0));
  });
  return {
    x: labels.map((label) => range(width).map((at) => (centers[label]?.[at] ?? 0) + gaussian())),
    y: labels.map((label) => oneHot(label, classes)),
  };
}

/** A smooth function of the inputs with a little noise, times `scale`, plus `offset`. */
export function curve(count: number, width: number, scale = 1, offset = 0): Rows {
  const weights = range(width).map(() => gaussian());
  const x = range(count).map(() => range(width).map(() => gaussian()));
  return {x, y: x.map((row) => [offset + scale * (Math.sin(row.reduce((sum, value, at) => sum + value * (weights[at] ?? 0), 0)) + 0.1 * gaussian())])};
}

/** Images of 8 × 8 with a bar across or along. */
export function bars(count: number): {x: number[][][][]; y: number[][]} {
  const labels = range(count).map(() => Math.floor(Math.random() * 2));
  return {
    x: labels.map((label) => {
      const place = Math.floor(Math.random() * 8);
      return range(8).map((row) => range(8).map((column) => [((label === 0 ? row : column) === place ? 1 : 0) + 0.2 * gaussian()]));
    }),
    y: labels.map((label) => oneHot(label, 2)),
  };
}

/** Sequences whose sum's sign is the label. */
export function sequences(count: number, steps: number, width: number): {x: number[][][]; y: number[][]} {
  const x = range(count).map(() => range(steps).map(() => range(width).map(() => gaussian())));
  return {x, y: x.map((rows) => [rows.reduce((sum, row) => sum + (row[0] ?? 0), 0) > 0 ? 1 : 0])};
}

/** Token sequences; the share of low tokens decides the label. */
export function texts(count: number, steps: number, tokens: number): Rows {
  const y = range(count).map(() => Math.floor(Math.random() * 2));
  return {
    x: y.map((label) => range(steps).map(() => (Math.random() < 0.5 ? Math.floor(Math.random() * tokens) : Math.floor(((Math.random() + label) * tokens) / 2)))),
    y: y.map((label) => [label]),
  };
}

/** `size` of the rows, drawn at random. */
export function batchOf<X, Y>(rows: {x: X[]; y: Y[]}, size: number): {x: X[]; y: Y[]} {
  const picked = range(size).map(() => Math.floor(Math.random() * rows.x.length));
  return {x: picked.flatMap((at) => rows.x.slice(at, at + 1)), y: picked.flatMap((at) => rows.y.slice(at, at + 1))};
}
