-- AlterTable
ALTER TABLE "experiment" ADD COLUMN     "deleted_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "model_version" ADD COLUMN     "deleted_at" TIMESTAMPTZ(3),
ADD COLUMN     "description" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "logged_model_id" TEXT,
ADD COLUMN     "source" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ALTER COLUMN "onnx_digest" DROP NOT NULL;

-- AlterTable
ALTER TABLE "registered_model" ADD COLUMN     "deleted_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "run" ADD COLUMN     "managed" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "user_id" TEXT;

-- CreateTable
CREATE TABLE "model_tag" (
    "model_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "model_tag_pkey" PRIMARY KEY ("model_id","key")
);

-- CreateTable
CREATE TABLE "model_version_tag" (
    "version_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "model_version_tag_pkey" PRIMARY KEY ("version_id","key")
);

-- CreateTable
CREATE TABLE "model_version_file" (
    "version_id" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "media_type" TEXT NOT NULL,

    CONSTRAINT "model_version_file_pkey" PRIMARY KEY ("version_id","path")
);

-- CreateTable
CREATE TABLE "experiment_tag" (
    "experiment_id" BIGINT NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "experiment_tag_pkey" PRIMARY KEY ("experiment_id","key")
);

-- CreateTable
CREATE TABLE "input_dataset" (
    "id" BIGSERIAL NOT NULL,
    "project_id" TEXT NOT NULL,
    "experiment_id" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "source_type" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "schema" TEXT,
    "profile" TEXT,

    CONSTRAINT "input_dataset_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "run_input" (
    "run_id" CHAR(32) NOT NULL,
    "dataset_id" BIGINT NOT NULL,
    "tags" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "run_input_pkey" PRIMARY KEY ("run_id","dataset_id")
);

-- CreateTable
CREATE TABLE "logged_model" (
    "id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "experiment_id" BIGINT NOT NULL,
    "run_id" CHAR(32),
    "name" TEXT NOT NULL,
    "model_type" TEXT,
    "status" TEXT NOT NULL DEFAULT 'PENDING',
    "status_message" TEXT,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "logged_model_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "logged_model_param" (
    "model_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "logged_model_param_pkey" PRIMARY KEY ("model_id","key")
);

-- CreateTable
CREATE TABLE "logged_model_tag" (
    "model_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "logged_model_tag_pkey" PRIMARY KEY ("model_id","key")
);

-- CreateTable
CREATE TABLE "logged_model_metric" (
    "model_id" TEXT NOT NULL,
    "run_id" CHAR(32) NOT NULL,
    "key" TEXT NOT NULL,
    "dataset_name" TEXT NOT NULL DEFAULT '',
    "dataset_digest" TEXT NOT NULL DEFAULT '',
    "step" BIGINT NOT NULL,
    "at" BIGINT NOT NULL,
    "value" DOUBLE PRECISION NOT NULL,

    CONSTRAINT "logged_model_metric_pkey" PRIMARY KEY ("model_id","run_id","key","dataset_name","dataset_digest")
);

-- CreateTable
CREATE TABLE "logged_model_file" (
    "model_id" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "media_type" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "logged_model_file_pkey" PRIMARY KEY ("model_id","path")
);

-- CreateTable
CREATE TABLE "run_model" (
    "run_id" CHAR(32) NOT NULL,
    "model_id" TEXT NOT NULL,
    "direction" TEXT NOT NULL,
    "step" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "run_model_pkey" PRIMARY KEY ("run_id","model_id","direction")
);

-- CreateIndex
CREATE INDEX "model_version_file_digest_idx" ON "model_version_file"("digest");

-- CreateIndex
CREATE UNIQUE INDEX "input_dataset_experiment_id_name_digest_key" ON "input_dataset"("experiment_id", "name", "digest");

-- CreateIndex
CREATE INDEX "run_input_dataset_id_idx" ON "run_input"("dataset_id");

-- CreateIndex
CREATE INDEX "logged_model_experiment_id_created_at_id_idx" ON "logged_model"("experiment_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "logged_model_run_id_idx" ON "logged_model"("run_id");

-- CreateIndex
CREATE INDEX "logged_model_metric_key_value_idx" ON "logged_model_metric"("key", "value");

-- CreateIndex
CREATE INDEX "logged_model_file_digest_idx" ON "logged_model_file"("digest");

-- CreateIndex
CREATE INDEX "run_model_model_id_idx" ON "run_model"("model_id");

-- CreateIndex
CREATE INDEX "model_version_logged_model_id_idx" ON "model_version"("logged_model_id");

-- AddForeignKey
ALTER TABLE "model_tag" ADD CONSTRAINT "model_tag_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "registered_model"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_version_tag" ADD CONSTRAINT "model_version_tag_version_id_fkey" FOREIGN KEY ("version_id") REFERENCES "model_version"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_version_file" ADD CONSTRAINT "model_version_file_version_id_fkey" FOREIGN KEY ("version_id") REFERENCES "model_version"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "experiment_tag" ADD CONSTRAINT "experiment_tag_experiment_id_fkey" FOREIGN KEY ("experiment_id") REFERENCES "experiment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_input" ADD CONSTRAINT "run_input_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_input" ADD CONSTRAINT "run_input_dataset_id_fkey" FOREIGN KEY ("dataset_id") REFERENCES "input_dataset"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "logged_model_param" ADD CONSTRAINT "logged_model_param_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "logged_model"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "logged_model_tag" ADD CONSTRAINT "logged_model_tag_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "logged_model"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "logged_model_metric" ADD CONSTRAINT "logged_model_metric_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "logged_model"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "logged_model_file" ADD CONSTRAINT "logged_model_file_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "logged_model"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_model" ADD CONSTRAINT "run_model_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_model" ADD CONSTRAINT "run_model_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "logged_model"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What the schema cannot say.
ALTER TABLE "logged_model" ADD CONSTRAINT "logged_model_id_check" CHECK ("id" ~ '^m-[0-9a-f]{32}$');
ALTER TABLE "logged_model" ADD CONSTRAINT "logged_model_status_check" CHECK ("status" IN ('PENDING', 'READY', 'FAILED'));
ALTER TABLE "run_model" ADD CONSTRAINT "run_model_direction_check" CHECK ("direction" IN ('input', 'output'));

-- Runs that workers do.
UPDATE "run" SET "managed" = true WHERE "id" IN (SELECT "run_id" FROM "training_job");

-- The versions so far: from their run's folder `model`, with the files that it has.
UPDATE "model_version" SET "source" = 'runs:/' || "run_id" || '/model', "updated_at" = "created_at" WHERE "run_id" IS NOT NULL;
INSERT INTO "model_version_file" ("version_id", "path", "digest", "size_bytes", "media_type")
SELECT v."id", substr(a."path", 7), a."digest", a."size_bytes", a."media_type"
FROM "model_version" v JOIN "artifact" a ON a."run_id" = v."run_id" AND a."path" LIKE 'model/%';
