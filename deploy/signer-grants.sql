-- Runs after every migration, as the owner of the tables: what the signer may read. It signs by the journal alone; what
-- it publishes of labels and schemes, which is public, it reads in their views, and the images it prints on certificates
-- beside the journal that names them. It reads nothing else. Not ALTER DEFAULT PRIVILEGES: that would also open accounts,
-- tokens and every table still to come.
\set ON_ERROR_STOP on
BEGIN;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM certify_signer;
GRANT USAGE ON SCHEMA public TO certify_signer;
GRANT SELECT ON journal_entry, journal_body, holder_image, label, label_life, scheme TO certify_signer;
COMMIT;
