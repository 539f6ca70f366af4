-- Runs once, on an empty volume, as the superuser: roles and databases of the engine and of Temporal.
-- Passwords come from the files of the secrets; another folder for them is given by psql --set=secrets=FOLDER.
\set ON_ERROR_STOP on
\if :{?secrets}
\else
\set secrets /run/secrets
\endif
\set certify_password `cat :secrets/certify_db_password`
\set signer_password `cat :secrets/signer_db_password`
\set temporal_password `cat :secrets/temporal_db_password`

CREATE ROLE certify LOGIN PASSWORD :'certify_password';
CREATE ROLE certify_signer LOGIN PASSWORD :'signer_password';
CREATE ROLE temporal LOGIN PASSWORD :'temporal_password';
-- A second lock: the first is that the signer is granted nothing but SELECT (signer-grants.sql).
ALTER ROLE certify_signer SET default_transaction_read_only = on;

CREATE DATABASE certify OWNER certify;
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;

REVOKE ALL ON DATABASE certify, temporal, temporal_visibility FROM PUBLIC;
GRANT CONNECT ON DATABASE certify TO certify_signer;
