-- Runs after every migration, as the owner of the tables: what each program may do with each of them. A table that
-- stands nowhere here is closed to all. Not ALTER DEFAULT PRIVILEGES: that would also open every table still to come.
-- Nobody but the owner may change a table, empty one, or touch the triggers that keep the journal append-only.
\set ON_ERROR_STOP on
BEGIN;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM certify_app, certify_signer, certify_verification;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM certify_app, certify_signer, certify_verification;
GRANT USAGE ON SCHEMA public TO certify_app, certify_signer, certify_verification;

-- web, worker and the commands of the operator: certify_app.
-- The record is added to. Bodies go of refused attempts alone, when their time is over: a trigger keeps all others.
-- Images go that no certificate needs, and one that was altered is mended by whoever hands it in again.
GRANT SELECT, INSERT ON journal_entry, journal_place TO certify_app;
GRANT SELECT, INSERT, DELETE ON journal_body TO certify_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON holder_image TO certify_app;
GRANT USAGE ON SEQUENCE journal_entry_position_seq TO certify_app;
-- Views are folded from it: rows that are written once, rows that follow what happens, rows that are stated anew.
GRANT SELECT, INSERT ON label, person, scheme, tie_declaration TO certify_app;
GRANT SELECT, INSERT, UPDATE ON
    access_end, appeal, "case", complaint, invitation, label_life, matter, participant, passkey, recovery
    TO certify_app;
GRANT SELECT, INSERT, DELETE ON relation TO certify_app;
-- Working tables, beside the record.
GRANT SELECT, INSERT, UPDATE ON account, file_inspection, scan_count, stored_file TO certify_app;
GRANT SELECT, INSERT, DELETE ON accepted_signature, authentication_challenge, file_link, invited_person TO certify_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON
    api_token, attempt_count, complainant_contact, draft, image_handed_in, opening_count, passkey_use, report_count,
    sign_in_failure, sign_in_link, signed_in, totp_secret
    TO certify_app;
-- Commands look whether the tables have the shape of their version.
GRANT SELECT ON alembic_version TO certify_app;

-- signer: it judges decision and ballots by the journal; whether somebody a grant rests on is tied to the applicant by
-- now, by three views of the people, which no program changes but to state groups anew. What it publishes it reads in
-- the journal and in the log, and the images of certificates beside the journal.
GRANT SELECT ON journal_entry, journal_body TO certify_signer;
GRANT SELECT ON person, tie_declaration, relation TO certify_signer;
GRANT SELECT ON holder_image TO certify_signer;

-- verification: what is public of labels, whether an entry that was logged is there, and how often labels were looked at.
GRANT SELECT ON label, label_life, scheme TO certify_verification;
GRANT SELECT (position, digest) ON journal_entry TO certify_verification;
GRANT SELECT, INSERT ON scan_count TO certify_verification;
GRANT UPDATE (count) ON scan_count TO certify_verification;
COMMIT;
