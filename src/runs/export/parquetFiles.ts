import {fileWriter, ParquetWriter} from 'hyparquet-writer';
import {join} from 'node:path';
import type {RunReader} from '../runReader';
import {exportTables, type Chunk, type Column, type ColumnKind} from './tables';

type SchemaElement = ConstructorParameters<typeof ParquetWriter>[0]['schema'][number];

const types = {
  int: {type: 'INT64'},
  float: {type: 'DOUBLE'},
  text: {type: 'BYTE_ARRAY', converted_type: 'UTF8'},
} as const satisfies Record<ColumnKind, Omit<SchemaElement, 'name'>>;

/** Writes a run's tables as Parquet files, a row group a chunk; no column has nulls. */
export async function writeParquetFiles(run: RunReader, dir: string): Promise<void> {
  for (const {name, columns, chunks} of exportTables(run)) {
    const writer = new ParquetWriter({writer: fileWriter(join(dir, `${name}.parquet`)), schema: schemaOf(columns), createdBy: 'singscope'});
    for (const chunk of chunks()) {
      const columnData = columns.map((column) => ({name: column.name, data: dataOf(column, chunk)}));
      if ((columnData[0]?.data.length ?? 0) > 0) await writer.write({columnData, rowGroupSize: Infinity});
    }
    await writer.finish();
  }
}

function schemaOf(columns: Column[]): SchemaElement[] {
  return [{name: 'root', num_children: columns.length}, ...columns.map(({name, kind}): SchemaElement => ({name, repetition_type: 'REQUIRED', ...types[kind]}))];
}

function dataOf({name, kind}: Column, chunk: Chunk): string[] | number[] | bigint[] {
  const values = chunk[name] ?? [];
  if (kind === 'int') return Array.from(values as ArrayLike<number>, (value) => BigInt(Math.trunc(value)));
  return Array.from(values as ArrayLike<number>);
}
