import { z } from "zod";
import { RunListQuery } from "#lib/tracking/schemas.ts";

/** Which runs, as in their list, and as what. */
export const ExportQuery = RunListQuery.pick({ status: true, q: true, filter: true, lifecycle: true }).extend({
  format: z.enum(["csv", "parquet"]).default("csv"),
  /** `runs`: one row a run. `history`: one row a point of a metric. */
  what: z.enum(["runs", "history"]).default("runs"),
});
export type ExportQuery = z.infer<typeof ExportQuery>;
