-- AlterTable
ALTER TABLE "trace_span" ADD COLUMN     "name" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "status" TEXT NOT NULL DEFAULT 'UNSET',
ADD COLUMN     "type" TEXT;

-- Spans that are there already.
UPDATE "trace_span" s SET "name" = coalesce(j.content ->> 'name', ''),
  "status" = CASE j.content -> 'status' ->> 'code' WHEN '1' THEN 'OK' WHEN '2' THEN 'ERROR' ELSE 'UNSET' END,
  "type" = (SELECT a -> 'value' ->> 'string_value' FROM jsonb_array_elements(j.content -> 'attributes') a
            WHERE a ->> 'key' = 'mlflow.spanType' LIMIT 1)
FROM (SELECT project_id, trace_id, id, content::jsonb AS content FROM "trace_span") j
WHERE j.project_id = s.project_id AND j.trace_id = s.trace_id AND j.id = s.id;

-- CreateTable
CREATE TABLE "trace_assessment" (
    "project_id" TEXT NOT NULL,
    "trace_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "content" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "number" DOUBLE PRECISION,
    "source_type" TEXT NOT NULL,
    "source_id" TEXT,
    "span_id" TEXT,
    "rationale" TEXT,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "overrides" TEXT,
    "valid" BOOLEAN NOT NULL DEFAULT true,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "trace_assessment_pkey" PRIMARY KEY ("project_id","trace_id","id")
);

-- AddForeignKey
ALTER TABLE "trace_assessment" ADD CONSTRAINT "trace_assessment_project_id_trace_id_fkey" FOREIGN KEY ("project_id", "trace_id") REFERENCES "trace"("project_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
