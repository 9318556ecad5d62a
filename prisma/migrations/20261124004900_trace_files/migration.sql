-- AlterTable
ALTER TABLE "trace" ADD COLUMN     "span_count" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "span_bytes" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "file_key" TEXT NOT NULL DEFAULT (gen_random_uuid())::text;

-- Traces that are there already.
UPDATE "trace" t SET "span_count" = s.spans, "span_bytes" = s.bytes
FROM (SELECT project_id, trace_id, count(*) AS spans, sum(octet_length(content)) AS bytes FROM "trace_span" GROUP BY 1, 2) s
WHERE s.project_id = t.project_id AND s.trace_id = t.id;

-- CreateTable
CREATE TABLE "trace_file" (
    "trace_key" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "media_type" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "trace_file_pkey" PRIMARY KEY ("trace_key","path")
);

-- CreateIndex
CREATE INDEX "trace_file_digest_idx" ON "trace_file"("digest");

-- CreateIndex
CREATE UNIQUE INDEX "trace_file_key_key" ON "trace"("file_key");

-- AddForeignKey
ALTER TABLE "trace_file" ADD CONSTRAINT "trace_file_trace_key_fkey" FOREIGN KEY ("trace_key") REFERENCES "trace"("file_key") ON DELETE CASCADE ON UPDATE CASCADE;
