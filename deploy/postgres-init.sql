-- Roles and databases of the engine and of Temporal. The superuser runs it: the container on an empty volume, and people
-- again when a version brings another role; what is there stays, and passwords become those of the secrets.
-- Passwords come from the files of the secrets; another folder for them is given by psql --set=secrets=FOLDER.
\set ON_ERROR_STOP on
\if :{?secrets}
\else
\set secrets /run/secrets
\endif
\set certify_password `cat :secrets/certify_db_password`
\set app_password `cat :secrets/app_db_password`
\set signer_password `cat :secrets/signer_db_password`
\set verification_password `cat :secrets/verification_db_password`
\set temporal_password `cat :secrets/temporal_db_password`

SELECT format('CREATE ROLE %I LOGIN', role)
FROM unnest(ARRAY['certify', 'certify_app', 'certify_signer', 'certify_verification', 'temporal']) AS role
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role)
\gexec
ALTER ROLE certify PASSWORD :'certify_password';
ALTER ROLE certify_app PASSWORD :'app_password';
ALTER ROLE certify_signer PASSWORD :'signer_password';
ALTER ROLE certify_verification PASSWORD :'verification_password';
ALTER ROLE temporal PASSWORD :'temporal_password';
-- A second lock: the first is that the signer is granted nothing but SELECT (grants.sql).
ALTER ROLE certify_signer SET default_transaction_read_only = on;

SELECT format('CREATE DATABASE %I OWNER %I', name, owner)
FROM (VALUES ('certify', 'certify'), ('temporal', 'temporal'), ('temporal_visibility', 'temporal')) AS made (name, owner)
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = name)
\gexec
REVOKE ALL ON DATABASE certify, temporal, temporal_visibility FROM PUBLIC;
GRANT CONNECT ON DATABASE certify TO certify_app, certify_signer, certify_verification;
