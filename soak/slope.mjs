/**
 * Least squares.
 * @param {readonly (readonly number[])[]} rows of which the first two numbers are x and y
 */
export function slopeOf(rows) {
  const mean = (column) => rows.reduce((sum, row) => sum + row[column], 0) / rows.length;
  const [x, y] = [mean(0), mean(1)];
  return rows.reduce((sum, row) => sum + (row[0] - x) * (row[1] - y), 0) / rows.reduce((sum, row) => sum + (row[0] - x) ** 2, 0);
}
