-- AlterTable
ALTER TABLE "api_key" ADD COLUMN     "deployments" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "models" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "per_second" INTEGER,
ADD COLUMN     "user_id" TEXT;

-- AlterTable
ALTER TABLE "project" ADD COLUMN     "archived_at" TIMESTAMPTZ(3),
ADD COLUMN     "description" TEXT NOT NULL DEFAULT '';

-- AlterTable
ALTER TABLE "registered_model" ADD COLUMN     "risk" TEXT NOT NULL DEFAULT 'low';

-- AlterTable
ALTER TABLE "session" ADD COLUMN     "authenticated_at" TIMESTAMPTZ(3),
ADD COLUMN     "method" TEXT NOT NULL DEFAULT 'password',
ADD COLUMN     "second_factor_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "stage_transition" ADD COLUMN     "approval_id" TEXT;

-- AlterTable
ALTER TABLE "user_account" ADD COLUMN     "kind" TEXT NOT NULL DEFAULT 'person',
ADD COLUMN     "last_sign_in_at" TIMESTAMPTZ(3),
ADD COLUMN     "totp_enrolled_at" TIMESTAMPTZ(3),
ADD COLUMN     "totp_last_step" BIGINT,
ADD COLUMN     "totp_secret" TEXT;

-- CreateTable
CREATE TABLE "approval_policy" (
    "id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "model_name" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "body" JSONB NOT NULL,
    "removed" BOOLEAN NOT NULL DEFAULT false,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "approval_policy_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "approval_request" (
    "id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "model_name" TEXT NOT NULL,
    "model_version" INTEGER NOT NULL,
    "target" TEXT NOT NULL,
    "subject" JSONB NOT NULL,
    "subject_digest" TEXT NOT NULL,
    "policy_id" TEXT NOT NULL,
    "policy_snapshot" JSONB NOT NULL,
    "requested_by" TEXT NOT NULL,
    "requested_via" TEXT NOT NULL,
    "contributors" TEXT[],
    "reason" TEXT NOT NULL,
    "evidence" JSONB,
    "evidence_digest" TEXT,
    "evidence_error" TEXT,
    "state" TEXT NOT NULL,
    "round" INTEGER NOT NULL DEFAULT 1,
    "lock_version" INTEGER NOT NULL DEFAULT 1,
    "emergency" BOOLEAN NOT NULL DEFAULT false,
    "review_due_at" TIMESTAMPTZ(3),
    "reviewed_later_by" TEXT,
    "error" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),
    "valid_until" TIMESTAMPTZ(3),
    "executing_at" TIMESTAMPTZ(3),
    "executed_at" TIMESTAMPTZ(3),

    CONSTRAINT "approval_request_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "approval_round" (
    "request_id" TEXT NOT NULL,
    "round" INTEGER NOT NULL,
    "subject" JSONB NOT NULL,
    "subject_digest" TEXT NOT NULL,
    "evidence" JSONB,
    "reason" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "approval_round_pkey" PRIMARY KEY ("request_id","round")
);

-- CreateTable
CREATE TABLE "approval_review" (
    "id" BIGSERIAL NOT NULL,
    "request_id" TEXT NOT NULL,
    "round" INTEGER NOT NULL,
    "reviewer" TEXT NOT NULL,
    "decision" TEXT NOT NULL,
    "comment" TEXT NOT NULL DEFAULT '',
    "reviewer_roles" JSONB NOT NULL,
    "auth_age_seconds" INTEGER,
    "second_factor" BOOLEAN NOT NULL DEFAULT false,
    "subject_digest" TEXT NOT NULL,
    "counts" BOOLEAN NOT NULL DEFAULT true,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "withdrawn_at" TIMESTAMPTZ(3),

    CONSTRAINT "approval_review_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "approval_comment" (
    "id" BIGSERIAL NOT NULL,
    "request_id" TEXT NOT NULL,
    "round" INTEGER NOT NULL,
    "author" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "approval_comment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "membership" (
    "project_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "grants" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "source" TEXT NOT NULL DEFAULT 'manual',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "membership_pkey" PRIMARY KEY ("project_id","user_id")
);

-- CreateTable
CREATE TABLE "identity" (
    "issuer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "identity_pkey" PRIMARY KEY ("issuer","subject")
);

-- CreateTable
CREATE TABLE "invitation" (
    "id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "invited_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "accepted_by" TEXT,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "invitation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_personal" (
    "id" TEXT NOT NULL,
    "chain" TEXT NOT NULL,
    "salt" TEXT,
    "body" JSONB,
    "erased_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_personal_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_tombstone" (
    "chain" TEXT NOT NULL,
    "from_seq" BIGINT NOT NULL,
    "to_seq" BIGINT NOT NULL,
    "end_hash" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "audit_tombstone_pkey" PRIMARY KEY ("chain","to_seq")
);

-- CreateTable
CREATE TABLE "protected_target" (
    "project_id" TEXT NOT NULL,
    "model_name" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "policy_id" TEXT NOT NULL,

    CONSTRAINT "protected_target_pkey" PRIMARY KEY ("project_id","model_name","target")
);

-- CreateTable
CREATE TABLE "model_card" (
    "version_id" TEXT NOT NULL,
    "sections" JSONB NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "editors" TEXT[],
    "updated_by" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "model_card_pkey" PRIMARY KEY ("version_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "approval_policy_project_id_model_name_target_version_key" ON "approval_policy"("project_id", "model_name", "target", "version");

-- CreateIndex
CREATE INDEX "approval_request_project_id_state_created_at_idx" ON "approval_request"("project_id", "state", "created_at");

-- CreateIndex
CREATE INDEX "approval_request_project_id_model_name_model_version_idx" ON "approval_request"("project_id", "model_name", "model_version");

-- CreateIndex
CREATE INDEX "approval_review_request_id_round_reviewer_idx" ON "approval_review"("request_id", "round", "reviewer");

-- CreateIndex
CREATE INDEX "approval_comment_request_id_id_idx" ON "approval_comment"("request_id", "id");

-- CreateIndex
CREATE INDEX "membership_user_id_idx" ON "membership"("user_id");

-- CreateIndex
CREATE INDEX "identity_user_id_idx" ON "identity"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "invitation_token_hash_key" ON "invitation"("token_hash");

-- CreateIndex
CREATE INDEX "invitation_project_id_idx" ON "invitation"("project_id");

-- CreateIndex
CREATE INDEX "api_key_project_id_idx" ON "api_key"("project_id");

-- CreateIndex
CREATE INDEX "api_key_user_id_idx" ON "api_key"("user_id");

-- AddForeignKey
ALTER TABLE "approval_round" ADD CONSTRAINT "approval_round_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "approval_request"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approval_review" ADD CONSTRAINT "approval_review_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "approval_request"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approval_comment" ADD CONSTRAINT "approval_comment_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "approval_request"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user_account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "identity" ADD CONSTRAINT "identity_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user_account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma's schema language cannot say.

-- The instance knows admins and users; what a user may do in a project is its membership.
ALTER TABLE "user_account" DROP CONSTRAINT "user_account_role_check";
INSERT INTO "membership" ("project_id", "user_id", "role")
SELECT 'default', "id", "role" FROM "user_account" WHERE "role" <> 'admin';
UPDATE "user_account" SET "role" = 'user' WHERE "role" <> 'admin';
ALTER TABLE "user_account" ADD CONSTRAINT "user_account_role_check" CHECK ("role" IN ('admin', 'user'));
ALTER TABLE "user_account" ADD CONSTRAINT "user_account_kind_check" CHECK ("kind" IN ('person', 'service'));
ALTER TABLE "user_account" ADD CONSTRAINT "user_account_service_check" CHECK ("kind" = 'person' OR ("password_hash" IS NULL AND "role" = 'user'));
ALTER TABLE "membership" ADD CONSTRAINT "membership_role_check" CHECK ("role" IN ('viewer', 'member', 'reviewer', 'admin'));
ALTER TABLE "membership" ADD CONSTRAINT "membership_source_check" CHECK ("source" IN ('manual', 'oidc'));
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_role_check" CHECK ("role" IN ('viewer', 'member', 'reviewer', 'admin'));
ALTER TABLE "registered_model" ADD CONSTRAINT "registered_model_risk_check" CHECK ("risk" IN ('low', 'medium', 'high'));
ALTER TABLE "approval_request" ADD CONSTRAINT "approval_request_state_check" CHECK ("state" IN ('pending',
  'changes_requested', 'approved', 'denied', 'withdrawn', 'expired', 'invalidated', 'executing', 'executed', 'failed', 'revoked'));
ALTER TABLE "approval_review" ADD CONSTRAINT "approval_review_decision_check" CHECK ("decision" IN ('approve', 'deny', 'request_changes'));
UPDATE "api_key" SET "scopes" = ARRAY['admin', 'instance'] WHERE "id" = 'key_bootstrap';

-- An approval is used once; one request at a time asks for a version and target.
CREATE UNIQUE INDEX "stage_transition_approval_once" ON "stage_transition" ("approval_id", "version_id") WHERE "approval_id" IS NOT NULL;
CREATE UNIQUE INDEX "approval_request_one_open" ON "approval_request" ("project_id", "model_name", "model_version", "target")
  WHERE "state" IN ('pending', 'changes_requested', 'approved', 'executing');

-- Search in the record: newest first, by actor and by action.
CREATE INDEX "audit_event_actor" ON "audit_event" ("chain", "actor", "seq" DESC);
CREATE INDEX "audit_event_action" ON "audit_event" ("chain", "action", "seq" DESC);

-- Append-only. A review is taken back by a mark, personal details are erased by nulls; neither is deleted.
CREATE TRIGGER "audit_tombstone_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_tombstone" FOR EACH STATEMENT EXECUTE FUNCTION assay_append_only();
CREATE TRIGGER "approval_policy_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "approval_policy" FOR EACH STATEMENT EXECUTE FUNCTION assay_append_only();
CREATE TRIGGER "approval_round_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "approval_round" FOR EACH STATEMENT EXECUTE FUNCTION assay_append_only();
CREATE TRIGGER "approval_comment_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "approval_comment" FOR EACH STATEMENT EXECUTE FUNCTION assay_append_only();
CREATE TRIGGER "approval_request_kept" BEFORE DELETE OR TRUNCATE ON "approval_request" FOR EACH STATEMENT EXECUTE FUNCTION assay_append_only();
CREATE TRIGGER "approval_review_kept" BEFORE DELETE OR TRUNCATE ON "approval_review" FOR EACH STATEMENT EXECUTE FUNCTION assay_append_only();
CREATE TRIGGER "audit_personal_kept" BEFORE DELETE OR TRUNCATE ON "audit_personal" FOR EACH STATEMENT EXECUTE FUNCTION assay_append_only();
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'assay_app') THEN
    REVOKE UPDATE, DELETE, TRUNCATE ON "audit_tombstone", "approval_policy", "approval_round", "approval_comment" FROM assay_app;
    REVOKE DELETE, TRUNCATE ON "approval_request", "approval_review", "audit_personal" FROM assay_app;
  END IF;
END $$;
