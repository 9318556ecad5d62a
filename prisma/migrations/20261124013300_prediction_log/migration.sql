-- The log of predictions in partitions, one a day (UTC), so that old days go by dropping a table. Prisma's schema knows the
-- parent only. Whatever has no day of its own yet lies in the default partition: no row is ever refused.
ALTER TABLE "prediction" RENAME TO "prediction_before";
ALTER TABLE "prediction_before" RENAME CONSTRAINT "prediction_pkey" TO "prediction_before_pkey";
DROP INDEX "prediction_project_id_deployment_at_idx";

CREATE TABLE "prediction" (
    "id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "item" SMALLINT NOT NULL DEFAULT 0,
    "deployment" TEXT NOT NULL,
    "model_name" TEXT NOT NULL,
    "model_version" INTEGER NOT NULL,
    "arm_assigned" TEXT,
    "arm_served" TEXT,
    "generation" INTEGER,
    "actor" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "prediction" SMALLINT NOT NULL,
    "confidence" REAL NOT NULL,
    "probabilities" REAL[],
    "latency_ms" REAL NOT NULL,
    "input_digest" BYTEA,
    "input" BYTEA,

    CONSTRAINT "prediction_pkey" PRIMARY KEY ("id", "at")
) PARTITION BY RANGE ("at");
CREATE INDEX "prediction_project_id_deployment_at_idx" ON "prediction"("project_id", "deployment", "at");
CREATE INDEX "prediction_request_id_idx" ON "prediction"("request_id");
CREATE TABLE "prediction_default" PARTITION OF "prediction" DEFAULT;

CREATE TABLE "prediction_label" (
    "prediction_id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "item" SMALLINT NOT NULL,
    "deployment" TEXT NOT NULL,
    "model_name" TEXT NOT NULL,
    "model_version" INTEGER NOT NULL,
    "arm_assigned" TEXT,
    "arm_served" TEXT,
    "generation" INTEGER,
    "predicted_at" TIMESTAMPTZ(3) NOT NULL,
    "prediction" SMALLINT NOT NULL,
    "confidence" REAL NOT NULL,
    "label" SMALLINT NOT NULL,
    "labelled_by" TEXT NOT NULL,
    "labelled_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "prediction_label_pkey" PRIMARY KEY ("prediction_id")
);
CREATE INDEX "prediction_label_project_id_deployment_predicted_at_idx" ON "prediction_label"("project_id", "deployment", "predicted_at");

-- The application's role has no DDL: these two do for it, as the owner, the only DDL that the log needs. They wait 2 s for
-- a lock at most, for whoever comes after them waits with them; who calls them tries again.

-- Makes the partitions of the days from `first` to `last`, and of each day that lies in the default partition: its rows move.
-- Returns how many it made.
CREATE FUNCTION "prediction_add_days"("first" DATE, "last" DATE) RETURNS INTEGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' SET timezone = 'UTC' AS $$
DECLARE
  day DATE;
  name TEXT;
  made INTEGER := 0;
BEGIN
  IF last - first > 31 THEN RAISE EXCEPTION 'not more than 32 days at a time'; END IF;
  PERFORM pg_advisory_xact_lock(hashtext('prediction days'));
  FOR day IN
    SELECT d::date FROM generate_series(first, last, interval '1 day') d
    UNION SELECT DISTINCT at::date FROM prediction_default ORDER BY 1
  LOOP
    name := 'prediction_' || to_char(day, 'YYYYMMDD');
    CONTINUE WHEN to_regclass(name) IS NOT NULL;
    -- Made apart and attached: inserts into other days go on meanwhile.
    LOCK TABLE prediction_default IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('CREATE TABLE %I (LIKE prediction INCLUDING ALL)', name);
    EXECUTE format(
      'WITH moved AS (DELETE FROM prediction_default WHERE at >= %L AND at < %L RETURNING *) INSERT INTO %I SELECT * FROM moved',
      day::timestamptz, (day + 1)::timestamptz, name);
    EXECUTE format('ALTER TABLE prediction ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
      name, day::timestamptz, (day + 1)::timestamptz);
    made := made + 1;
  END LOOP;
  RETURN made;
END $$;

-- Drops the days before `day`, rows of the default partition too. Returns how many partitions it dropped.
CREATE FUNCTION "prediction_drop_days"("before" DATE) RETURNS INTEGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' SET timezone = 'UTC' AS $$
DECLARE
  name TEXT;
  dropped INTEGER := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('prediction days'));
  DELETE FROM prediction_default WHERE at < before::timestamptz;
  FOR name IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'prediction'::regclass AND c.relname ~ '^prediction_\d{8}$'
      AND to_date(right(c.relname, 8), 'YYYYMMDD') < before
    ORDER BY 1
  LOOP
    EXECUTE format('DROP TABLE %I', name);
    dropped := dropped + 1;
  END LOOP;
  RETURN dropped;
END $$;

REVOKE ALL ON FUNCTION "prediction_add_days"(DATE, DATE), "prediction_drop_days"(DATE) FROM PUBLIC;
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'assay_app') THEN
    GRANT EXECUTE ON FUNCTION "prediction_add_days"(DATE, DATE), "prediction_drop_days"(DATE) TO assay_app;
  END IF;
END $$;

INSERT INTO "prediction" ("id", "project_id", "request_id", "deployment", "model_name", "model_version", "actor", "at",
                          "prediction", "confidence", "probabilities", "latency_ms")
SELECT "id", "project_id", "request_id", "deployment", "model_name", "model_version", "actor", "at",
       "prediction", "confidence", "probabilities", "latency_ms"
FROM "prediction_before";
DROP TABLE "prediction_before";
SELECT prediction_add_days(current_date, current_date + 1);
