-- CreateTable
CREATE TABLE "test_set_comparison" (
    "project_id" TEXT NOT NULL,
    "dataset_version_id" TEXT NOT NULL,
    "candidate_id" TEXT NOT NULL,
    "champion_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "test_set_comparison_pkey" PRIMARY KEY ("project_id","dataset_version_id","candidate_id","champion_id")
);

-- CreateTable
CREATE TABLE "notice" (
    "id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "event_key" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "round" INTEGER NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "notice_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "notice_request_id_idx" ON "notice"("request_id");

-- CreateIndex
CREATE UNIQUE INDEX "notice_event_key_channel_recipient_key" ON "notice"("event_key", "channel", "recipient");

-- What Prisma says nothing of: known values, looks that stay counted, and a queue of what waits.
ALTER TABLE "notice" ADD CONSTRAINT "notice_channel_check" CHECK ("channel" IN ('mail', 'slack'));
ALTER TABLE "notice" ADD CONSTRAINT "notice_state_check" CHECK ("state" IN ('waiting', 'sent', 'failed', 'dropped'));
CREATE INDEX "notice_waiting" ON "notice" ("created_at") WHERE "state" = 'waiting';
CREATE TRIGGER "test_set_comparison_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "test_set_comparison" FOR EACH STATEMENT EXECUTE FUNCTION assay_append_only();
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'assay_app') THEN
    REVOKE UPDATE, DELETE, TRUNCATE ON "test_set_comparison" FROM assay_app;
  END IF;
END $$;
