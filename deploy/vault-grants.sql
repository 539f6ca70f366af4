-- Where the keys of the vault lie on PostgreSQL: runs after every migration, in the vault's own database, as the owner of
-- its tables. Keys are made, wrapped anew and destroyed, and that one was destroyed stays told: no row of a subject goes.
\set ON_ERROR_STOP on
BEGIN;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM certify_app, certify_verification;
GRANT USAGE ON SCHEMA public TO certify_app, certify_verification;
GRANT SELECT, INSERT, UPDATE ON subject_key TO certify_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON sealed_object TO certify_app;
GRANT SELECT ON subject_key, sealed_object TO certify_verification;
COMMIT;
