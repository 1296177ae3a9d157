-- The state store on PostgreSQL, version 8: a writer that counts executions itself spares the triggers.
--
-- The triggers count each statement, and take longer for it than the rest of an update of one execution. Waymark now counts once for each transaction, and its
-- statements say so by a setting of the transaction. The triggers count for everyone else: SQL written by hand, and processes of an earlier version that are still at work.
LOCK TABLE executions IN ACCESS EXCLUSIVE MODE;

CREATE OR REPLACE TRIGGER executions_count_created AFTER INSERT ON executions REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT WHEN (pg_catalog.current_setting('waymark.counted', true) IS DISTINCT FROM 'yes') EXECUTE FUNCTION count_executions();

CREATE OR REPLACE TRIGGER executions_count_moved AFTER UPDATE ON executions REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT WHEN (pg_catalog.current_setting('waymark.counted', true) IS DISTINCT FROM 'yes') EXECUTE FUNCTION count_executions();

UPDATE waymark_version SET version = 8;
