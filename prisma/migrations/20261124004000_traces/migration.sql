-- CreateTable
CREATE TABLE "trace" (
    "project_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "experiment_id" BIGINT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "duration_ms" BIGINT,
    "state" TEXT NOT NULL,
    "request_preview" TEXT,
    "response_preview" TEXT,
    "client_request_id" TEXT,
    "told" BOOLEAN NOT NULL DEFAULT false,
    "tags" JSONB NOT NULL DEFAULT '{}',
    "metadata" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "trace_pkey" PRIMARY KEY ("project_id","id")
);

-- CreateTable
CREATE TABLE "trace_span" (
    "project_id" TEXT NOT NULL,
    "trace_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "start_ns" BIGINT NOT NULL,
    "content" TEXT NOT NULL,

    CONSTRAINT "trace_span_pkey" PRIMARY KEY ("project_id","trace_id","id")
);

-- CreateIndex
CREATE INDEX "trace_experiment_id_requested_at_id_idx" ON "trace"("experiment_id", "requested_at", "id");

-- AddForeignKey
ALTER TABLE "trace" ADD CONSTRAINT "trace_experiment_id_fkey" FOREIGN KEY ("experiment_id") REFERENCES "experiment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trace_span" ADD CONSTRAINT "trace_span_project_id_trace_id_fkey" FOREIGN KEY ("project_id", "trace_id") REFERENCES "trace"("project_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
