import { z } from "zod";
import { PageQuery, pageOf } from "#lib/platform/pagination.ts";
import { RUN_STATUSES } from "#lib/tracking/status.ts";

/** Browser-safe: what the room takes and gives. Dates are ISO 8601 in UTC, `at` of a point is Unix milliseconds. */

const isoDate = z.iso.datetime();
export const RunId = z.string().regex(/^[0-9a-f]{32}$/, "must be 32 lower-case hex digits");
const ExperimentId = z.string().regex(/^[0-9]{1,18}$/, "must be a number in digits");
export const RunStatusSchema = z.enum(RUN_STATUSES);
const LifecycleStage = z.enum(["active", "deleted"]);

/** JSON has no NaN: what is not finite travels as a word. */
export const MetricValue = z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"])]);
export type MetricValue = z.infer<typeof MetricValue>;

/** Names of metrics, params and tags, as MLflow allows them. */
const EntryKey = z
  .string()
  .min(1)
  .max(250)
  .regex(/^[\w.\-/: ]+$/, "may hold letters, digits, _ . - / : and spaces");

export const ExperimentName = z.string().trim().min(1).max(500);

export const Experiment = z.object({
  id: ExperimentId,
  name: z.string(),
  lifecycleStage: LifecycleStage,
  /** Runs that are not deleted. */
  runCount: z.int().min(0),
  createdAt: isoDate,
  updatedAt: isoDate,
});
export type Experiment = z.infer<typeof Experiment>;

/** With its tags, without counting its runs. */
export const ExperimentDetail = Experiment.omit({ runCount: true }).extend({ tags: z.record(z.string(), z.string()) });
export type ExperimentDetail = z.infer<typeof ExperimentDetail>;

export const CreateExperimentBody = z.strictObject({ name: ExperimentName });

export const RunError = z.object({ code: z.string(), message: z.string() });
export type RunError = z.infer<typeof RunError>;

/** The newest value of a metric, with the extremes over its finite points. */
export const LatestMetric = z.object({
  value: MetricValue,
  step: z.int(),
  at: z.int(),
  min: z.number().nullable(),
  max: z.number().nullable(),
});
export type LatestMetric = z.infer<typeof LatestMetric>;

const runHead = {
  id: RunId,
  name: z.string(),
  experimentId: ExperimentId,
  experimentName: z.string(),
  status: RunStatusSchema,
  lifecycleStage: LifecycleStage,
  /** `user:<id>`, `system:<id>`, … */
  createdBy: z.string(),
  createdAt: isoDate,
  startedAt: isoDate.nullable(),
  endedAt: isoDate.nullable(),
  /** From start to end; null while it is not over. */
  durationMs: z.int().min(0).nullable(),
  /** Of a FAILED run. */
  error: RunError.nullable(),
};

/** A row of the list. Only the columns asked for, so that 12,000 metrics cost nobody anything. */
export const RunSummary = z.object({
  ...runHead,
  metrics: z.record(z.string(), MetricValue),
  params: z.record(z.string(), z.string()),
  tags: z.record(z.string(), z.string()),
});
export type RunSummary = z.infer<typeof RunSummary>;

export const ArtifactEntry = z.object({
  /** Such as `model/model.onnx`. */
  path: z.string(),
  /** SHA-256, hex. */
  digest: z.string(),
  sizeBytes: z.int().min(0),
  mediaType: z.string(),
  createdAt: isoDate,
});
export type ArtifactEntry = z.infer<typeof ArtifactEntry>;

export const RunDetail = z.object({
  ...runHead,
  metrics: z.record(z.string(), LatestMetric),
  params: z.record(z.string(), z.string()),
  tags: z.record(z.string(), z.string()),
  artifacts: z.array(ArtifactEntry),
});
export type RunDetail = z.infer<typeof RunDetail>;

/** `created` and `name`, or the newest value of a metric as `metric:test_accuracy`; a leading `-` turns it round. */
const RunSort = z.string().regex(/^-?(created|name|metric:.{1,250})$/, "must be created, name or metric:<name>");

const commaList = z
  .string()
  .max(8_000)
  .transform((text) => text.split(",").filter((part) => part !== ""))
  .pipe(z.array(z.string().max(250)).max(100));

export const RunListQuery = PageQuery.extend({
  /** An experiment's id. */
  experiment: ExperimentId.optional(),
  /** One or more, by comma. */
  status: z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(RunStatusSchema).min(1))
    .optional(),
  /** Text anywhere in the name, the id's start, or the value of a tag. */
  q: z.string().trim().max(200).optional(),
  /** In the words of MLflow's searches: `metrics.loss < 0.1 AND params.epochs = '5'`. */
  filter: z.string().trim().max(10_000).optional(),
  sort: RunSort.default("-created"),
  /** `deleted` lists what may still be restored. */
  lifecycle: LifecycleStage.default("active"),
  /** Columns to return, by comma; the usual ones when absent. */
  metrics: commaList.optional(),
  params: commaList.optional(),
  tags: commaList.optional(),
});
export type RunListQuery = z.infer<typeof RunListQuery>;
export const RunPage = pageOf(RunSummary);
export type RunPage = z.infer<typeof RunPage>;

export const RunParams = z.object({ id: RunId });
export const UpdateRunBody = z.strictObject({
  name: z.string().trim().min(1).max(250).optional(),
  /** Set as given; null removes one. */
  tags: z.record(EntryKey, z.string().max(5_000).nullable()).optional(),
});
export type UpdateRunBody = z.infer<typeof UpdateRunBody>;

/** `[step, at, value]`, in the order of the steps. */
export const SeriesPoint = z.tuple([z.int(), z.int(), MetricValue]);
export type SeriesPoint = z.infer<typeof SeriesPoint>;

export const MetricSeries = z.object({
  key: z.string(),
  /** Points stored; more than `points` when the series was thinned out. */
  total: z.int().min(0),
  /** Thinned by first, last, lowest and highest of each bucket, so that no spike is lost. */
  sampled: z.boolean(),
  points: z.array(SeriesPoint),
});
export type MetricSeries = z.infer<typeof MetricSeries>;

export const MetricsQuery = z.object({
  /** By comma; all keys when absent. */
  keys: commaList.optional(),
  maxPoints: z.coerce.number().int().min(4).max(20_000).default(2_000),
});
export const MetricsReply = z.object({ series: z.array(MetricSeries) });

/** Resumes after the point with this internal mark, as the `id:` of the last event received said. */
export const EventsQuery = z.object({ since: z.string().max(200).optional() });

/** SSE `event: run`: sent first, and whenever one of these changes. */
export const RunEvent = z.object({
  id: RunId,
  status: RunStatusSchema,
  startedAt: isoDate.nullable(),
  endedAt: isoDate.nullable(),
  error: RunError.nullable(),
  tags: z.record(z.string(), z.string()),
});
export type RunEvent = z.infer<typeof RunEvent>;

/** SSE `event: points`: points that were not sent before on this stream, by key. */
export const PointsEvent = z.object({ points: z.record(z.string(), z.array(SeriesPoint)) });
export type PointsEvent = z.infer<typeof PointsEvent>;

export const ArtifactList = z.object({ items: z.array(ArtifactEntry) });
export const ExperimentList = z.object({ items: z.array(Experiment) });
