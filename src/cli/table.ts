import Table from 'cli-table3';
import pc from 'picocolors';

/** A table with a rule below its head and none between rows. */
export function tableText(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  // The library's own colours do not heed NO_COLOR or a pipe; ours do.
  const table = new Table({
    head: head.map((name) => pc.bold(name)),
    style: {head: [], border: [], compact: true},
  });
  for (const row of rows) table.push(row.map(String));
  return table.toString();
}
