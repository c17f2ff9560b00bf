-- What `\df+ dfa.*` and `\d+ dfa.…` tell a reader.
comment on extension dfa is 'Data pipelines that run inside PostgreSQL';
comment on schema dfa is 'DFA: catalogs, watermarks, parameters, tasks, logs, and the functions that run pipelines';

comment on function dfa.task_failure(text) is
'The first step of a task that failed: its message with node and process, SQLSTATE, detail, hint, process, the statement and its line. No row when none failed.';
comment on function dfa.today() is
'Today by the clock of DFA: in the time zone dfa.timezone, or else that of the database, whatever that of the session is.';
comment on function dfa.time_zone() is
'The time zone in which DFA runs: dfa.timezone, or else that of the database (ALTER DATABASE, ALTER ROLE ALL, the server''s), never that of the session.';
comment on function dfa.load_catalog(text, text, boolean) is
'Stores the definitions of one YAML document (source: its file name, for messages). A row for each definition says new, changed, same or older. strict (the default): all or nothing, with every finding: file, line, key and what to do. strict => false: what is sound is stored, and each definition that is broken is a row refused, with its finding. Warnings come as WARNING.';
comment on function dfa.load_catalogs(text[], text[], boolean, boolean) is
'dfa.load_catalog of a whole set: the documents of all files, each with its source, in any order. prune takes the definitions out of force that none of them holds, a row retired for each; see dfa.retire.';
comment on function dfa.retire(text, text) is
'Takes a definition out of force, by its kind and name: its schedule and triggers end, its history, its table and its rows stay. A later load brings it back. Refused while others name it.';
comment on function dfa.is_active(text) is 'Whether a flag of people''s says yes: Y, y, yes, true, t or 1';
comment on function dfa.validate_catalog(text, text) is
'Lists what is wrong with one YAML document, a row for each error and warning with its place and a hint. Stores nothing.';
comment on function dfa.load_catalog_file(text, json) is
'Stores a data file that a catalog names under initial.file: its path below the set''s data/ folder, and its content as a list of objects.';
comment on function dfa.setup(text, text, date, text, text, text, text, text, boolean) is
'Creates what catalogs define: schema, functions, tables, watermarks (from run_date, default today), first rows (initial_data), views. name: a table, function, view or pipeline (default: all); kind narrows to one. Flags take Y, N or prefix letters (A ai, S src, I imp, C ctr, P plt, F fn); drop_schema is for everything. A row for each object says what was done; one that fails is reported with its error and undone alone. move_schema => true renames the data schema of the database to dfa.ai_schema first; without it another one than that of the database is refused.';
comment on function dfa.run_table(text, date, text, text[], boolean, boolean) is
'Runs the processes of a table in this transaction; a row for each process. run_mode: common (moves the watermark on) or rerun (takes a date again). choose: processes to run, or !process for all but that one. auto_create makes a missing table. A failed node is undone, logged and reported as a row with status 1, sqlstate, detail, hint, the statement and its line, or raised if raise is true.';
comment on function dfa.run_pipeline(text, date, text, text[], boolean, boolean) is
'Runs the nodes of a pipeline in this transaction, as run_table does each; a failed node stops those that read its table and no others.';
comment on procedure dfa.run(text, date[], text, text[], boolean, text, integer, text, text, text, text, text, text, integer) is
'Runs a pipeline or table for one or more run dates (default today) and commits after every node, so that finished nodes stay and others see the progress. Gives process_id (the row of dfa.task_process), status (0 success, 1 failed) and, of the first node that failed, message, sqlstate, detail, hint, process, statement and line.';
comment on function dfa.begin_run(text, date[], text, text[], boolean) is
'First part of CALL dfa.run: writes the task and its steps, gives its process_id.';
comment on function dfa.claim_next_step(text) is
'Second part of CALL dfa.run: marks the next waiting step as under way and gives its id; null when none is left or the task was cancelled.';
comment on function dfa.is_at_front(text, bigint) is
'Part of dfa.run: whether a front service still has the step; waits a little.';
comment on function dfa.run_step(text, bigint) is
'Third part of CALL dfa.run: runs that step.';
comment on function dfa.finish_run(text) is
'Last part of CALL dfa.run: writes the outcome of the task down and gives its status.';
comment on function dfa.submit(text, text, date[], text, json) is
'Asks for a run in the background and returns its process_id at once; workers begin when this transaction commits, with the rights of this role. module: data (params: choose, a list of processes; auto_create; priority, less is sooner, default 99), setup (the flags of dfa.setup) or retention (backup_table, backup_schema); name null means everything in the latter two. run_dates: default today.';
comment on function dfa.tick(timestamptz) is
'The scheduler: starts in the background the pipelines that are due at a moment, by their schedules and triggers; a row for each. Each slot of a pipeline is run once, whoever calls and however often. Call it every minute (the service and pg_cron do). Also trims logs older than dfa.log_retention.';
comment on function dfa.notify_source(text, date) is
'Says that a source outside, an id that triggers name and no pipeline has, has new data, up to the day run_date (default: today in dfa.timezone); starts the pipelines that are due by that, a row for each.';
comment on function dfa.backfill(text, date, date, text, text[], boolean, boolean, double precision) is
'Asks for a run in the background over every interval that touches the days from one to another, oldest first: each node on the first day of each interval of its run_type, a week, month or year once, after the last of the shorter intervals in it. run_mode auto is common where the watermark allows it and rerun before it. only_gaps takes the intervals that dfa.gaps lists, and what reads them; downstream adds all tables that read these. Gives the process_id; null when there is nothing to do.';
comment on function dfa.cancel(text) is
'Cancels a task: a statement under way is stopped and its node undone, what waits does not run, finished nodes stay. dfa.resume goes on.';
comment on function dfa.resume(text) is
'Goes on in the background with a task that failed, was cancelled, or lost its session: the steps that did not succeed run again. Gives their number.';
comment on function dfa.wait(text, interval) is
'Waits for the end of a task, at most for timeout (default: without end), and gives its status: 0 success, 1 failed, 2 not ended yet.';
comment on function dfa.process_status(text) is
'How far a task is: status, percent (finished steps of all steps over all run dates), the node and run date under way, message, seconds.';
comment on function dfa.run_query(text, json, integer) is
'Runs a named query of the catalog. params: an object with its parameters. A SELECT gives at most limit rows as a list of objects, numbers with all their digits; a change gives its row count.';
comment on function dfa.render(text, text, date, text) is
'The statements that a run of a table would send, with all placeholders filled in; runs nothing.';
comment on function dfa.explain(text, text, date, boolean) is
'The plan of each statement that a run of a table would send. execute really runs them, with times and row counts, and takes their effect back. CREATE, TRUNCATE and the like have no plan.';
comment on function dfa.lineage(text) is
'What reads what: a row for each table, view or function that a process, view, function or query reads. name narrows to one definition.';
comment on function dfa.dependency(text) is
'The processes of a table (by name or short name) with the table that each writes and the tables that it reads.';
comment on function dfa.gaps(text, date, date) is
'The intervals of a table, by its run_type, that no run has covered (missing), that changed since (stale), or that the last run took before they were over (open), with the reason. "from" and "to" mean the intervals that hold them.';
comment on function dfa.mark_stale(text, date, date, text) is
'Says that rows of a table changed from one day to another: the intervals of the tables that read it become stale. Gives their number.';
comment on function dfa.ai_schema() is
'The schema of the data tables of this database. Whoever has set dfa.ai_schema to another one is refused.';
comment on function dfa.landed(text, date, date, bigint) is
'Says that rows of a table landed by other ways than dfa.ingest and dfa load, such as COPY: those of the days "from" to "to" (without "to": and later; without both: of unknown days). The data_date of the table follows them, and the intervals that read those days become stale. Gives their number. With rows it writes a row of dfa.data_logging. Call it in the transaction of the rows; whoever writes the log by other means leaves rows out.';
comment on function dfa.run_retention(text, date, text, text) is
'Deletes the rows that are older than their table keeps them: those before the first of the month rtt_value months before run_date (or before the newest row, if parameter data_retention_mode is data_date). name: a table or pipeline (default: all tables with rtt_value > 0, and the logs of DFA). backup_table, backup_schema: first copy the table there, replacing what is there; Y means <table>_bk and <schema>_bk. A row for each table; one that fails is undone alone.';
comment on function dfa.restore_backup(text, date, date) is
'Brings archived rows of a table back, those dated "from" to "to" (default: all), from where run_retention put them last. Gives their number.';
comment on function dfa.ingest(text, json, text, text, timestamptz, date, text, text) is
'Takes rows, an object or a list of objects, into a table (name or short name). action: insert (upsert on the primary key; a row with an older update_date than that in the table is left out) or update (of the columns given). mode: common, or merge, which multiplies out data_merge with the fields around it. on_error: reject (all or nothing) or skip (bad rows go to dfa.rejected_row). The same idempotency_key takes effect once.';
comment on function dfa.delete_rows(text, json, date, text, text) is
'Deletes the rows of a table whose primary key an object, or each of a list of objects, gives. on_error: reject (all or nothing) or skip. The same idempotency_key takes effect once.';
comment on function dfa.ingest_begin(text, text, text, timestamptz, date, text, text, boolean) is
'Begins an ingest in chunks, so that any amount can be sent in flat memory; arguments as of dfa.ingest. Gives the process_id for ingest_chunk and ingest_end. In one transaction the chunks take effect together; committed one by one, each by itself. With background => true they are kept, and after ingest_end a worker takes them together.';
comment on function dfa.ingest_chunk(text, integer, json) is
'Takes the next rows of an ingest in chunks. chunk: a number of the caller; the same number twice takes effect once. Gives the rows taken.';
comment on function dfa.ingest_end(text) is
'Ends an ingest in chunks and says what it did, as dfa.ingest does.';
comment on function dfa.plan(text) is
'What differs between tables and their catalogs, with the DDL that would change it, the lock that it takes, whether it rewrites the table, and what it can lose: none, values (a cast that is checked before) or data. Changes nothing. name: a table or pipeline (default: all).';
comment on function dfa.migrate(text, boolean) is
'Changes tables to what their catalogs say, all in this transaction; see dfa.plan. Changes that lose data need allow_destructive. A cast that a row does not fit is refused with its value before anything changes.';
comment on function dfa.make_partitions(text) is
'Moves the rows in the default partition of a table that is partitioned by range of dates or by list into partitions of their own, and makes those of the year after its run_date, when the month after it has none. Runs, ingests and dfa load do this by themselves; call it where rows come by other ways. name: a table (default: all). A row for each table; one whose default partition is in use is left for the next call.';
comment on function dfa.check_parameter() is 'Trigger of dfa.data_parameter: a value fits its type.';

comment on table dfa.catalog is 'One row is one version of one definition; the history is kept.';
comment on column dfa.catalog.kind is 'function, table, view, query or pipeline';
comment on column dfa.catalog.shortname is 'First letters of the name''s words';
comment on column dfa.catalog.version is 'The greatest version of a name is the current one';
comment on column dfa.catalog.document is 'The definition as written; key order is meaning';
comment on column dfa.catalog.checksum is 'md5 of the document: the same text is not stored twice';
comment on column dfa.catalog.source is 'File or label it came from';
comment on column dfa.catalog.current is 'This version is in force';
comment on column dfa.catalog.set_up_at is 'When dfa.setup last created what it defines';
comment on column dfa.catalog.id is 'Number of the stored version, in order of loading';
comment on column dfa.catalog.name is 'Name of what it defines';
comment on column dfa.catalog.loaded_at is 'When this version was stored';
comment on column dfa.catalog.loaded_by is 'Role that stored it';

comment on table dfa.refused_definition is 'What load_catalog(strict => false) refused when it was loaded last, until it is loaded without a fault';
comment on column dfa.refused_definition.kind is 'function, table, view, query or pipeline';
comment on column dfa.refused_definition.name is 'Name of the definition';
comment on column dfa.refused_definition.source is 'File that it came from';
comment on column dfa.refused_definition.finding is 'What is wrong with it, a line for each finding';
comment on column dfa.refused_definition.refused_at is 'When it was refused last';
comment on column dfa.refused_definition.refused_by is 'Role that loaded it';
comment on table dfa.catalog_file is 'Data files that catalogs name for their first rows';
comment on column dfa.catalog_file.path is 'Below the data/ folder of the set';
comment on column dfa.catalog_file.content is 'A list of objects';
comment on column dfa.catalog_file.loaded_at is 'When it was stored last';
comment on column dfa.catalog_file.loaded_by is 'Role that stored it';

comment on table dfa.data_pipeline is 'One row is the watermark of a table, made at its setup';
comment on column dfa.data_pipeline.system_type is 'Where its rows come from: external (landed) or internal (derived)';
comment on column dfa.data_pipeline.table_type is 'master, transaction, report or adjustment';
comment on column dfa.data_pipeline.data_date is 'Date up to which its rows reach: the greatest rtt_column';
comment on column dfa.data_pipeline.update_date is 'When a run last changed this row';
comment on column dfa.data_pipeline.run_date is 'Date of its last common run';
comment on column dfa.data_pipeline.run_type is 'Length of its intervals: daily, weekly, monthly or yearly';
comment on column dfa.data_pipeline.run_count_now is 'Runs with changed rows that repeated run_date';
comment on column dfa.data_pipeline.run_count_max is 'How many such runs are allowed; 0: any number';
comment on column dfa.data_pipeline.rtt_value is 'Months that retention keeps; 0: all';
comment on column dfa.data_pipeline.rtt_column is 'Column or SQL expression that dates its rows';
comment on column dfa.data_pipeline.active_flg is 'Whether it runs: see dfa.is_active';
comment on column dfa.data_pipeline.kept_from is 'Retention has deleted rows before this day, and nobody has brought them back';
comment on column dfa.data_pipeline.landed is 'Rows landed since it was set up, so that the data_date of an external table is theirs';
comment on column dfa.data_pipeline.table_name is 'The table';

comment on table dfa.data_parameter is 'One row is a parameter, a {placeholder} of statements';
comment on column dfa.data_parameter.module_type is 'Part of the platform that it belongs to';
comment on column dfa.data_parameter.parameter_type is 'int, str, list or dict: what its value must look like';
comment on column dfa.data_parameter.parameter_value is 'Put into statements as it stands; may be a fragment of SQL';
comment on column dfa.data_parameter.active_flg is 'N: counts as 0, empty, [] or {}';
comment on column dfa.data_parameter.parameter_name is 'Name of the placeholder';
comment on column dfa.data_parameter.update_date is 'When it was written';

comment on table dfa.data_logging is 'One row is what an action did to a table on a run date';
comment on column dfa.data_logging.data_date is 'Watermark after the action';
comment on column dfa.data_logging.row_record is 'Rows that it changed';
comment on column dfa.data_logging.process_time is 'Seconds';
comment on column dfa.data_logging.action_type is 'common, rerun, initial, retention, backup, ingestion or migrate';
comment on column dfa.data_logging.status is '0 success, 1 failed, 2 processing';
comment on column dfa.data_logging.process_id is 'The task, a row of dfa.task_process';
comment on column dfa.data_logging.step_id is 'The step, a row of dfa.task_step';
comment on column dfa.data_logging.attempt_of is 'The failed attempt before, a row of this table';
comment on column dfa.data_logging.id is 'Number of the entry, in order of writing';
comment on column dfa.data_logging.table_name is 'The table acted on';
comment on column dfa.data_logging.run_date is 'Business date that was asked for';
comment on column dfa.data_logging.update_date is 'When the entry was written';
comment on column dfa.data_logging.message is 'What the caller was told';
comment on column dfa.data_logging.logged_by is 'Role that acted';

comment on table dfa.task_process is 'One row is a task: a run that somebody asked for';
comment on column dfa.task_process.process_id is 'Time of creation to the microsecond and a number';
comment on column dfa.task_process.process_type is 'foreground or background, and table or pipeline';
comment on column dfa.task_process.process_name_put is 'What was asked for';
comment on column dfa.task_process.process_name_get is 'What was reached last';
comment on column dfa.task_process.run_date_put is 'Run dates asked for';
comment on column dfa.task_process.run_date_get is 'Run dates reached';
comment on column dfa.task_process.process_message is 'A line for each node, under its run date';
comment on column dfa.task_process.process_time is 'Seconds';
comment on column dfa.task_process.process_number_put is 'Steps asked for';
comment on column dfa.task_process.process_number_get is 'Steps that succeeded';
comment on column dfa.task_process.status is '0 success, 1 failed, 2 waiting or processing';
comment on column dfa.task_process.process_by is 'Role that asked';
comment on column dfa.task_process.application_name is 'What asked: application_name of its session. The service has dfa, part of the hash of the key, and the trace there';
comment on column dfa.task_process.backend_pid is 'Server process that runs it in the foreground';
comment on column dfa.task_process.created_at is 'When it was asked for';
comment on column dfa.task_process.finished_at is 'When it came to its end';
comment on column dfa.task_process.parameters is 'Further arguments of the call';
comment on column dfa.task_process.process_module is 'What kind of action: framework|data is a run';
comment on column dfa.task_process.run_mode is 'common or rerun';
comment on column dfa.task_process.update_date is 'When this row last changed';

comment on table dfa.task_step is 'One row is a node of a task on a run date';
comment on column dfa.task_step.step_order is 'Place in the task, from 1';
comment on column dfa.task_step.choose is 'Processes chosen; empty: all';
comment on column dfa.task_step.attempts is 'Times that it was begun';
comment on column dfa.task_step.rows is 'Rows that its processes changed';
comment on column dfa.task_step.process_rows is 'Rows and seconds of each process';
comment on column dfa.task_step.process_time is 'Seconds';
comment on column dfa.task_step.audits is 'What each test of the table found, passed or not: audit, severity, found, and up to 20 of the rows';
comment on column dfa.task_step.error is 'sqlstate, message, detail, hint, context, the statement, and up to 20 rows that an audit found';
comment on column dfa.task_step.worker is 'Server process that runs or ran it';
comment on column dfa.task_step.id is 'Number of the step';
comment on column dfa.task_step.process_id is 'Its task, a row of dfa.task_process';
comment on column dfa.task_step.pipeline_name is 'The pipeline; null when the task runs one table';
comment on column dfa.task_step.node is 'The table to run';
comment on column dfa.task_step.run_date is 'The business date to run';
comment on column dfa.task_step.state is 'WAITING, PROCESSING, SUCCESS, SKIPPED (quota), FAILED, BLOCKED (by a failed source) or CANCELLED';
comment on column dfa.task_step.started_at is 'When it was last begun';
comment on column dfa.task_step.finished_at is 'When it came to its end';
comment on column dfa.task_step.message is 'What the caller was told';

comment on table dfa.task_schedule is 'One row tracks a pipeline, or a source outside that triggers name';
comment on column dfa.task_schedule.pipeline_id is 'Short id that triggers and alerts use';
comment on column dfa.task_schedule.tracking is 'PROCESSING, SUCCESS or FAILED';
comment on column dfa.task_schedule.update_date is 'When it last succeeded or was touched';
comment on column dfa.task_schedule.active_flg is 'Whether the scheduler starts it: see dfa.is_active';
comment on column dfa.task_schedule.pipeline_name is 'Name of the pipeline; of a source its id again';
comment on column dfa.task_schedule.pipeline_type is 'What people call it; of no meaning to the scheduler';

comment on table dfa.data_schema is 'The schema that the tables of this database were set up in; dfa.setup(move_schema => true) renames it';
comment on column dfa.data_schema.only_one is 'A database has one data schema';
comment on column dfa.data_schema.name is 'Its name';
comment on column dfa.data_schema.set_at is 'When it was set up, or renamed';

comment on table dfa.data_interval is 'The ledger: one row is an interval of a table that a run covered';
comment on column dfa.data_interval.interval_start is 'First day';
comment on column dfa.data_interval.state is 'done, or stale when a source changed since';
comment on column dfa.data_interval.reason is 'Why it is stale';
comment on column dfa.data_interval.step_id is 'The step that covered it last';
comment on column dfa.data_interval.table_name is 'The table';
comment on column dfa.data_interval.run_type is 'Length of the interval';
comment on column dfa.data_interval.updated_at is 'When the state last changed';

comment on column dfa.task_process.run_as is 'Role with whose rights it runs; that of process_by unless SET ROLE changed it';
comment on column dfa.task_process.priority is 'Less is sooner';
comment on column dfa.task_process.cancelled_at is 'When dfa.cancel was called';
comment on column dfa.task_step.waits_for is 'Ids of the steps that must have ended before it';
comment on column dfa.task_step.awaited_by is 'Ids of the steps that wait for it';
comment on column dfa.task_step.is_ready is 'What it waits for has ended, and a worker has seen that';
comment on column dfa.task_step.by_front is 'Runs DataFrame functions: a front service runs it, no worker';
comment on view dfa.front_session is 'Front services that are at a DataFrame step now';
comment on column dfa.front_session.step_id is 'The step, a row of dfa.task_step';
comment on column dfa.front_session.process_id is 'Its task, a row of dfa.task_process';
comment on column dfa.front_session.pid is 'Server process of the session that holds it';
comment on view dfa.ready_dataframe_step is 'DataFrame steps that a front service can run now';
comment on column dfa.ready_dataframe_step.id is 'The step, a row of dfa.task_step';
comment on column dfa.ready_dataframe_step.process_id is 'Its task, a row of dfa.task_process';
comment on column dfa.ready_dataframe_step.step_order is 'Place in the task, from 1';
comment on column dfa.ready_dataframe_step.process_by is 'The role that submitted it';
comment on column dfa.ready_dataframe_step.priority is 'That of its pipeline; the least comes first';
comment on table dfa.dataframe_note is 'One row is what a DataFrame function says of an id: which models it took, why there is no forecast';
comment on column dfa.dataframe_note.step_id is 'The step, a row of dfa.task_step';
comment on column dfa.dataframe_note.process is 'The process of its node';
comment on column dfa.dataframe_note.id is 'The id, as the load gives it';
comment on column dfa.dataframe_note.model is 'The models whose mean was taken, best first';
comment on column dfa.dataframe_note.errors is 'Mean absolute error of each candidate over its cut-offs; null: not judged';
comment on column dfa.dataframe_note.reason is 'Why there is no forecast, or a simpler one';
comment on function dfa.claim_dataframe_step() is
'For front services: takes the next DataFrame step of a role that this session is a member of, to be committed at once.';
comment on function dfa.hold_dataframe_step(bigint, timestamptz) is
'For front services: begins the transaction of a claimed step; false if the claim is no longer good.';
comment on function dfa.begin_dataframe_step(bigint) is
'For front services: runs the node of a held step up to its first DataFrame process, and gives that. No row: the node has ended.';
comment on function dfa.open_dataframe_result(text[]) is
'For front services: makes the table for the result of the process under way, with columns for these types; gives the COPY that fills it.';
comment on function dfa.finish_dataframe_step(bigint, boolean) is
'For front services: runs save of the process under way (unless there are no rows) and goes on as begin_dataframe_step does.';
comment on function dfa.fail_dataframe_step(bigint, text, text) is
'For front services: writes down why a held step failed (process; report as JSON with sqlstate, message, detail, hint), after a rollback to the savepoint before its node. Without a report: it was cancelled.';
comment on function dfa.dataframe_step_goes_on(bigint) is
'For front services: whether the task of the step is open and not cancelled.';
comment on function dfa.end_dataframe_step(bigint) is
'For front services: after the commit of a step, what follows from it.';
comment on column dfa.task_step.crashes is 'Server processes that died while they ran it';
comment on column dfa.task_step.retry_at is 'When it is tried again after a failure';
comment on column dfa.task_schedule.kind is 'pipeline of the catalog; source: something outside; retired: a pipeline out of force';
comment on column dfa.task_schedule.process_id is 'Its last task';
comment on column dfa.task_schedule.run_date is 'Greatest run date of its last success; what it triggers runs for that date';
comment on column dfa.task_schedule.started_at is 'When its last run began';
comment on column dfa.task_schedule.ended_at is 'The update_date that its last run left: another one was set by hand';
comment on column dfa.task_schedule.next_slot is 'When its schedule is due next';
comment on column dfa.task_schedule.kept_slot is 'A slot that came while it ran; it is run afterwards';
comment on column dfa.task_schedule.failures is 'Failed runs since the last success';
comment on column dfa.task_schedule.retry_at is 'When a triggered run that failed is tried again';

comment on table dfa.schedule_trigger is 'One row is an id that the trigger of a pipeline names';
comment on column dfa.schedule_trigger.pipeline_id is 'The pipeline';
comment on column dfa.schedule_trigger.trigger_id is 'A pipeline or source that it waits for';
comment on table dfa.schedule_slot is 'One row is a moment at which the schedule of a pipeline was due; each is run once';
comment on column dfa.schedule_slot.pipeline_id is 'The pipeline';
comment on column dfa.schedule_slot.slot is 'The moment';
comment on column dfa.schedule_slot.process_id is 'The task that ran it; null if it was merged with a later slot or skipped';
comment on column dfa.schedule_slot.deadline_at is 'When its run should have ended';
comment on column dfa.schedule_slot.late_at is 'When it was reported late';

comment on view dfa.worker is 'The workers of this database that are alive';
comment on column dfa.worker.number is 'From 1 to dfa.max_workers';
comment on column dfa.worker.pid is 'Its server process';
comment on column dfa.worker.process_by is 'The role whose tasks it runs';
comment on view dfa.foreground_session is 'The sessions that run foreground tasks step by step';
comment on column dfa.foreground_session.process_id is 'The task';
comment on column dfa.foreground_session.pid is 'The server process';
comment on view dfa.lost_task is 'Foreground tasks whose session has gone';
comment on column dfa.lost_task.process_id is 'The task';
comment on view dfa.orphaned_task is 'Background tasks whose role is gone or has lost its rights';
comment on column dfa.orphaned_task.process_id is 'The task';
comment on column dfa.orphaned_task.reason is 'Why nobody can run it';
comment on view dfa.ready_step is 'Steps of background tasks that could run now';
comment on column dfa.ready_step.id is 'The step';
comment on column dfa.ready_step.process_id is 'Its task';
comment on column dfa.ready_step.step_order is 'Its place in the task';
comment on column dfa.ready_step.process_by is 'The role that submitted it';
comment on column dfa.ready_step.priority is 'Less is sooner';
comment on table dfa.table_backup is 'Where run_retention keeps copies of tables, and of rows that it removed';
comment on column dfa.table_backup.table_name is 'The table that was copied';
comment on column dfa.table_backup.backup_schema is 'Schema of the copy';
comment on column dfa.table_backup.backup_table is 'Name of the copy';
comment on column dfa.table_backup.content is 'table: a copy of the whole table, replaced each time; rows: all rows that were ever removed';
comment on column dfa.table_backup.cut is 'Rows before this day were removed';
comment on column dfa.table_backup.backup_rows is 'Rows that the last retention put there';
comment on column dfa.table_backup.made_at is 'When it last did';
comment on column dfa.table_backup.made_by is 'Role that asked for it';

comment on table dfa.rejected_row is 'One row is a row that an ingest with on_error => skip refused';
comment on column dfa.rejected_row.id is 'Number of the row';
comment on column dfa.rejected_row.process_id is 'The ingest, a row of dfa.task_process';
comment on column dfa.rejected_row.table_name is 'The table that it was meant for';
comment on column dfa.rejected_row.position is 'Its place in the payload, in the whole stream of an ingest in chunks, from 1';
comment on column dfa.rejected_row.column_name is 'The column at fault, if it is one';
comment on column dfa.rejected_row.reason is 'Why it was refused';
comment on column dfa.rejected_row.row is 'The row as it was sent';
comment on column dfa.rejected_row.rejected_at is 'When it was refused';
comment on column dfa.rejected_row.chunk is 'The chunk that it came in, of an ingest in chunks';

comment on table dfa.ingest_receipt is 'What was answered to an ingest or delete with an idempotency_key, so that the same key takes effect once';
comment on column dfa.ingest_receipt.idempotency_key is 'The key of the caller';
comment on column dfa.ingest_receipt.request is 'md5 of what was asked for: another request with this key is refused';
comment on column dfa.ingest_receipt.process_id is 'The ingest, a row of dfa.task_process';
comment on column dfa.ingest_receipt.answer is 'The answer, given again; null while an ingest in chunks is open';
comment on column dfa.ingest_receipt.created_at is 'When the key was first used';
comment on column dfa.ingest_receipt.created_by is 'Role that used it';

comment on table dfa.ingest_chunk is 'One row is a part of an ingest in chunks';
comment on column dfa.ingest_chunk.process_id is 'The ingest, a row of dfa.task_process';
comment on column dfa.ingest_chunk.chunk is 'Number that the caller gave it';
comment on column dfa.ingest_chunk.checksum is 'md5 of its payload: the same number with other rows is refused';
comment on column dfa.ingest_chunk.success_rows is 'Rows taken';
comment on column dfa.ingest_chunk.failed_rows is 'Rows refused';
comment on column dfa.ingest_chunk.notes is 'What else there was to say of them';
comment on column dfa.ingest_chunk.taken_at is 'When it came; an ingest without a chunk or an end for a day has failed';
comment on column dfa.ingest_chunk.objects is 'Objects in its payload';
comment on column dfa.ingest_chunk.objects_before is 'Objects of the chunks before it, as known when it came';

comment on table dfa.ingest_payload is 'One row is a part of an ingest in the background that no worker has taken yet';
comment on column dfa.ingest_payload.process_id is 'The ingest, a row of dfa.task_process';
comment on column dfa.ingest_payload.chunk is 'Its place among the parts';
comment on column dfa.ingest_payload.payload is 'The rows as they were sent';

comment on domain dfa.flag is 'Y or N, or what people write for it: see dfa.is_active';
comment on view dfa.run_unit is 'The unit of time that each run_type counts in; its intervals begin where date_trunc(name, …) does.';
comment on column dfa.run_unit.run_type is 'daily, weekly, monthly or yearly';
comment on column dfa.run_unit.name is 'day, week, month or year';
comment on column dfa.run_unit.length is 'From the beginning of an interval to that of the next';
comment on domain dfa.status is '0 success, 1 failed, 2 waiting or processing';

comment on table dfa.idempotent_request is 'Requests to the front service that carry an Idempotency-Key, kept for a day';
comment on column dfa.idempotent_request.made_by is 'The role of the service that answers';
comment on column dfa.idempotent_request.caller is 'Which key of the API sent it';
comment on column dfa.idempotent_request.key is 'The Idempotency-Key';
comment on column dfa.idempotent_request.request is 'Method and path';
comment on column dfa.idempotent_request.fingerprint is 'Hash of its fields: a key stands for one request';
comment on column dfa.idempotent_request.status is 'HTTP status of the answer; null: not answered (yet)';
comment on column dfa.idempotent_request.answer is 'Body of the answer, given again to whoever sends the key again';
comment on column dfa.idempotent_request.created_at is 'When the first request came';
comment on column dfa.idempotent_request.answered_at is 'When it was answered';
comment on function dfa.claim_request(text, text, text, text) is
'Takes an Idempotency-Key for a request of the front service. claimed: it is the first; else same says whether it is the same request, status and answer what was answered. Waits for a first one whose transaction is under way.';
comment on function dfa.answer_request(text, text, integer, json) is
'Keeps the answer of a request with an Idempotency-Key.';
comment on function dfa.release_request(text, text) is
'Gives an Idempotency-Key back whose request was cancelled before it was answered.';

comment on table dfa.user_account is 'The people who sign in to the service';
comment on column dfa.user_account.user_name is 'The name that they sign in with';
comment on column dfa.user_account.password_hash is 'argon2id hash of the password, in PHC form; made by the service';
comment on column dfa.user_account.role is 'viewer sees, operator also runs, admin also changes';
comment on column dfa.user_account.active_flg is 'N: may not sign in';
comment on column dfa.user_account.created_at is 'When the user was added';
comment on column dfa.user_account.created_by is 'Role that added the user';
comment on column dfa.user_account.password_changed_at is 'When the password was set';
comment on type dfa.user_role is 'What a user of the service may do';
comment on function dfa.add_user(text, text, dfa.user_role, boolean) is
'Adds a user of the service by name, argon2id hash of the password (dfa user add makes it) and role: viewer, operator or admin. replace => true gives one who is there another password and role. True if the user is new.';
comment on function dfa.set_password(text, text) is
'Gives a user of the service another password, by its argon2id hash (dfa user passwd makes it).';
comment on function dfa.remove_user(text) is 'Removes a user of the service.';
comment on function dfa.session_role() is
'The role as which a background task of this call would run: that of the session, or of the owner of the SECURITY DEFINER function that calls.';
