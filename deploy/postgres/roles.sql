-- The two roles of Assay's database, and the database. Run once by a superuser (docker-compose does so on the first start):
--   ASSAY_OWNER_PASSWORD=… ASSAY_APP_PASSWORD=… psql -d postgres -f deploy/postgres/roles.sql
-- `assay_owner` owns the database and migrates it; `assay_app` is what server and worker connect as: it can change no
-- table and no record of the audit. The migrations grant it what it needs.
\set ON_ERROR_STOP on
\getenv owner_password ASSAY_OWNER_PASSWORD
\getenv app_password ASSAY_APP_PASSWORD

CREATE ROLE assay_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE assay_app LOGIN PASSWORD :'app_password';
CREATE DATABASE assay OWNER assay_owner;
