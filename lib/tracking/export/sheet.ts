/** What a cell holds. `null`: nothing. */
export type Cell = string | number | bigint | Date | null;

export interface Column {
  name: string;
  type: "text" | "float" | "integer" | "time";
}

/** A table on its way to a file: its rows come in pieces of bounded size, each as wide as `columns`. */
export interface Sheet {
  columns: Column[];
  pieces: AsyncIterable<Cell[][]>;
}
