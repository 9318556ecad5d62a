-- AlterTable
ALTER TABLE "user_account" ADD COLUMN     "recovery_codes" TEXT[] DEFAULT ARRAY[]::TEXT[];
