-- AlterTable
ALTER TABLE "deployment" ADD COLUMN     "generation" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "traffic_table" (
    "deployment_id" TEXT NOT NULL,
    "generation" INTEGER NOT NULL,
    "entries" JSONB NOT NULL,
    "versions" INTEGER[],
    "digest" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "traffic_table_pkey" PRIMARY KEY ("deployment_id","generation")
);

-- CreateTable
CREATE TABLE "shadow_count" (
    "deployment_id" TEXT NOT NULL,
    "generation" INTEGER NOT NULL,
    "version" INTEGER NOT NULL,
    "agreed" BIGINT NOT NULL DEFAULT 0,
    "differed" BIGINT NOT NULL DEFAULT 0,
    "failed" BIGINT NOT NULL DEFAULT 0,
    "shed" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "shadow_count_pkey" PRIMARY KEY ("deployment_id","generation","version")
);

-- AddForeignKey
ALTER TABLE "traffic_table" ADD CONSTRAINT "traffic_table_deployment_id_fkey" FOREIGN KEY ("deployment_id") REFERENCES "deployment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shadow_count" ADD CONSTRAINT "shadow_count_deployment_id_fkey" FOREIGN KEY ("deployment_id") REFERENCES "deployment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma says nothing of: a table is written once. Deleting its deployment takes it along, which the owner does.
ALTER TABLE "traffic_table" ADD CONSTRAINT "traffic_table_generation_check" CHECK ("generation" > 0);
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'assay_app') THEN
    REVOKE UPDATE, DELETE, TRUNCATE ON "traffic_table" FROM assay_app;
  END IF;
END $$;
