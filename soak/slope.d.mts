/** Least squares, of rows whose first two numbers are x and y. */
export function slopeOf(rows: readonly (readonly number[])[]): number;
