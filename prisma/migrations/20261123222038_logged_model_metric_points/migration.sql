/*
  Warnings:

  - The primary key for the `logged_model_metric` table will be changed. If it partially fails, the table could be left without primary key constraint.

*/
-- AlterTable
ALTER TABLE "logged_model_metric" DROP CONSTRAINT "logged_model_metric_pkey",
ADD CONSTRAINT "logged_model_metric_pkey" PRIMARY KEY ("model_id", "key", "at", "step", "run_id", "dataset_name", "dataset_digest");
