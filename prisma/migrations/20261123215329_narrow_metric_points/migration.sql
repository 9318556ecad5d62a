-- Run numbers take four bytes (ADR 0003), so that a point has no padding. Rows are rewritten, none is lost: every number
-- was given out by the sequence, one by one.
ALTER TABLE "run" ALTER COLUMN "no" SET DATA TYPE INTEGER;
ALTER SEQUENCE "run_no_seq" AS INTEGER;

ALTER TABLE "latest_metric" ALTER COLUMN "run_no" SET DATA TYPE INTEGER;

-- Two values of one name at the same step and moment are two points; the order is that of MLflow's histories.
ALTER TABLE "metric_point" DROP CONSTRAINT "metric_point_pkey",
ALTER COLUMN "run_no" SET DATA TYPE INTEGER,
ADD CONSTRAINT "metric_point_pkey" PRIMARY KEY ("run_no", "key_id", "at", "step", "value");

-- Histories are read from the key alone where the table is vacuumed: so more often than after a fifth of it is new.
ALTER TABLE "metric_point" SET (autovacuum_vacuum_insert_scale_factor = 0.02);
