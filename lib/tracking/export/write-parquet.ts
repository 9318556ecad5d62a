import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { Cell, Column, Sheet } from "#lib/tracking/export/sheet.ts";

type BasicType = "STRING" | "DOUBLE" | "INT64" | "TIMESTAMP";
const TYPES: Record<Column["type"], BasicType> = {
  text: "STRING",
  float: "DOUBLE",
  integer: "INT64",
  time: "TIMESTAMP",
};
/** In Parquet's own words. */
const ELEMENTS = {
  STRING: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  DOUBLE: { type: "DOUBLE" },
  INT64: { type: "INT64" },
  TIMESTAMP: { type: "INT64", converted_type: "TIMESTAMP_MILLIS" },
} as const;

/**
 * A row group is written at one go, so it is kept small enough not to hold the process up; but the footer names every
 * column of every group, so it has this many rows even when it is wide.
 */
const GROUP_CELLS = 100_000;
const GROUP_ROWS_AT_LEAST = 100;
const GROUP_CHARACTERS = 16_000_000;

/** The table as Parquet (Snappy), row group by row group. What is in memory is one group, and the footer. */
export async function* writeParquet(sheet: Sheet): AsyncGenerator<Uint8Array> {
  const { columns } = sheet;
  const out = new ByteWriter();
  const writer = new ParquetWriter({
    writer: out,
    schema: [
      { name: "root", num_children: columns.length },
      ...columns.map(({ name, type }) => ({ name, repetition_type: "OPTIONAL" as const, ...ELEMENTS[TYPES[type]] })),
    ],
    createdBy: "assay",
  });
  const rowsAtOnce = Math.max(GROUP_ROWS_AT_LEAST, Math.floor(GROUP_CELLS / columns.length));
  let group: Cell[][] = [];
  let characters = 0;
  const flush = () => {
    const columnData = columns.map(({ name, type }, index) => {
      const data = group.map((row) => row[index] ?? null);
      return { name, type: TYPES[type], data, statistics: false, offsetIndex: false };
    });
    void writer.write({ columnData, rowGroupSize: group.length });
    group = [];
    characters = 0;
    return take(out);
  };
  for await (const rows of sheet.pieces) {
    for (const row of rows) {
      group.push(row);
      for (const cell of row) if (typeof cell === "string") characters += cell.length;
      if (group.length >= rowsAtOnce || characters >= GROUP_CHARACTERS) yield flush();
    }
  }
  if (group.length > 0) yield flush();
  void writer.finish();
  yield take(out);
}

/** What was written since the last time. Offsets count on. */
function take(out: ByteWriter): Uint8Array {
  const bytes = new Uint8Array(out.getBuffer());
  out.index = 0;
  return bytes;
}
