"""The same pipeline by each tool, in a project of its own: what somebody would write who has read its documents.

A side makes its tables once (`prepare`) and is then asked for the days after one day, to another one (`command`): the words of a
command as a scheduler would call it, that ends when the rows are committed.
"""

import datetime
import json
import textwrap
from pathlib import Path

import pipeline

SOURCE = "ai.src_transaction"


class Side:
    """One tool, its folder and its schema."""

    name: str

    def __init__(self, tools, work, nodes, database):
        self.tools, self.nodes, self.database = tools, nodes, database
        self.folder = Path(work) / f"{self.name}_{len(nodes)}"
        self.schema = f"{self.name}_{len(nodes)}"
        self.folder.mkdir(parents=True, exist_ok=True)

    def write(self, path, text):
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(textwrap.dedent(text))

    def filled(self, text, after="{after}", until="{until}"):
        return text.format(schema=self.schema, source=SOURCE, after=after, until=until)

    def tables(self):
        """The tables, as plain SQL makes them."""
        made = [f"drop schema if exists {self.schema} cascade; create schema {self.schema}"]
        for node in self.nodes:
            made.append(f"create table {self.schema}.{node.name} ({node.columns}, primary key ({', '.join(node.key)}))")
        return ";\n".join(made)

    def prepare(self, sql):
        sql(self.tables())

    def command(self, after, until):
        raise NotImplementedError

    def idle(self):
        """The shortest command: what the tool takes to start and stop."""
        raise NotImplementedError

    def table(self, node):
        return f"{self.schema}.{node.name}"


class Psql(Side):
    """Statements in a file, one transaction; the days are variables of psql."""

    name = "psql"

    def prepare(self, sql):
        super().prepare(sql)
        statements = [self.filled(pipeline.insert(node), "AFTER", "UNTIL") for node in self.nodes]
        text = ";\n".join(statements).replace("'AFTER'", ":'after'").replace("'UNTIL'", ":'until'")
        self.write("run.sql", f"{text};\n")

    def command(self, after, until):
        return ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-1", "-v", f"after={after}", "-v", f"until={until}", "-f", "run.sql"]

    def idle(self):
        return ["psql", "--version"]


class Dfa(Side):
    """A catalog and `dfa pipeline run`."""

    name = "dfa"

    def prepare(self, sql):
        lines = []
        for node in self.nodes:
            names = [column.split()[0] for column in node.columns.split(", ")]
            types = [column.split(" ", 1)[1] for column in node.columns.split(", ")]
            lines.append(f"ai_{self.prefix}{node.name}:")
            lines.append("  create:")
            lines.append("    features: " + json.dumps(dict(zip(names, types))))
            lines.append("    primary_key: " + json.dumps(list(node.key)))
            lines.append(f"  retention: {{column: {node.day}, months: 0}}")
            lines.append("  update:\n    fill:\n      parameter: [run_date, data_date]\n      statement: |-")
            statement = pipeline.insert(node)
            for read in node.reads:
                statement = statement.replace(f"{{schema}}.{read}", f"{{ai_schema_name}}.ai_{self.prefix}{read}")
            statement = statement.replace(f"{{schema}}.{node.name}", f"{{ai_schema_name}}.ai_{self.prefix}{node.name}")
            statement = statement.replace("{source}", SOURCE).replace("{after}", "{data_date}").replace("{until}", "{run_date}")
            lines.extend("        " + line for line in statement.splitlines())
        names = json.dumps([f"ai_{self.prefix}{node.name}" for node in self.nodes])
        lines.append(f"pipeline_{self.prefix}bench:\n  id: {self.prefix}bench\n  nodes: {names}")
        text = "\n".join(lines) + "\n"
        self.write("catalog/bench.yaml", text)
        quoted = text.replace("'", "''")
        sql(f"select count(*) from dfa.load_catalog('{quoted}', 'bench.yaml')")
        sql("select count(*) from dfa.setup(run_date => '2016-12-31')")

    @property
    def prefix(self):
        return f"p{len(self.nodes)}_"

    def command(self, _after, until):
        return [self.tools.dfa, "pipeline", "run", f"pipeline_{self.prefix}bench", "--run-date", until]

    def idle(self):
        return [self.tools.dfa, "--version"]

    def table(self, node):
        return f"ai.ai_{self.prefix}{node.name}"


class Dbt(Side):
    """Incremental models; the days are variables."""

    name = "dbt"

    def prepare(self, sql):
        sql(f"drop schema if exists {self.schema} cascade; create schema {self.schema}")
        self.write("dbt_project.yml", """\
            name: bench
            version: "1.0"
            profile: bench
            flags: {send_anonymous_usage_stats: false}
            """)
        target = dict(
            type="postgres", host=self.database.host, port=self.database.port, user=self.database.user,
            password=self.database.password or "none", dbname=self.database.name, schema=self.schema, threads=4,
        )
        self.write("profiles.yml", json.dumps({"bench": {"target": "bench", "outputs": {"bench": target}}}))
        for node in self.nodes:
            query = node.query
            for read in node.reads:
                query = query.replace(f"{{schema}}.{read}", f"{{{{ ref('{read}') }}}}")
            query = query.replace("{source}", SOURCE)
            query = query.replace("{after}", "{{ var('after') }}").replace("{until}", "{{ var('until') }}")
            indexes = json.dumps([{"columns": list(node.key), "unique": True}])
            self.write(
                f"models/{node.name}.sql",
                f"{{{{ config(materialized='incremental', incremental_strategy='delete+insert', "
                f"unique_key={list(node.key)}, indexes={indexes.replace('true', 'True')}) }}}}\n{query}\n",
            )

    def command(self, after, until):
        return [self.tools.dbt, "run", "--quiet", "--vars", json.dumps({"after": after, "until": until})]

    def idle(self):
        return [self.tools.dbt, "--version"]


class Sqlmesh(Side):
    """Models by time range, and by key where a later day changes a row; `sqlmesh run` of the days that it has not."""

    name = "sqlmesh"

    def prepare(self, sql):
        sql(f"drop schema if exists {self.schema} cascade")
        connection = dict(
            type="postgres", host=self.database.host, port=self.database.port, user=self.database.user,
            password=self.database.password or "none", database=self.database.name, concurrent_tasks=4,
        )
        self.write("config.yaml", json.dumps(dict(
            gateways={"bench": {"connection": connection}}, default_gateway="bench", disable_anonymized_analytics=True,
            model_defaults={"dialect": "postgres", "start": "2017-01-01", "cron": "@daily"},
        )))
        for node in self.nodes:
            query = self.filled(node.query, "AFTER", "UNTIL")
            query = query.replace("date 'AFTER' + 1", "@start_date::date").replace("date 'AFTER'", "@start_date::date - 1")
            query = query.replace("date 'UNTIL'", "@end_date::date")
            kind = (
                f"INCREMENTAL_BY_TIME_RANGE (time_column {node.day})" if node.day == "day"
                else f"INCREMENTAL_BY_UNIQUE_KEY (unique_key ({', '.join(node.key)}))"
            )
            self.write(f"models/{node.name}.sql", f"MODEL (name {self.schema}.{node.name}, kind {kind});\n{query};\n")

    def command(self, _after, until):
        if not (self.folder / "planned").exists():
            (self.folder / "planned").touch()
            day_after = datetime.date.fromisoformat(until) + datetime.timedelta(days=1)
            return [self.tools.sqlmesh, "plan", "--auto-apply", "--no-prompts", "--execution-time", f"{day_after} 00:00:00"]
        return [self.tools.sqlmesh, "run", "--ignore-cron", "--end", until]

    def idle(self):
        return [self.tools.sqlmesh, "--version"]


class Dagster(Side):
    """A job whose ops send the statements; `dagster job execute`, as its launcher starts a process for each run."""

    name = "dagster"

    def prepare(self, sql):
        super().prepare(sql)
        statements = {node.name: self.filled(pipeline.insert(node)) for node in self.nodes}
        ops, calls = [], []
        for node in self.nodes:
            arguments = "".join(f", {read}" for read in node.reads)
            ops.append(
                f"@dagster.op(config_schema=DAYS)\ndef {node.name}_op(context{arguments}):\n"
                f"    send(context, STATEMENTS[{node.name!r}])\n    return 0\n"
            )
            calls.append(f"    {node.name} = {node.name}_op({', '.join(node.reads)})")
        self.write("job.py", "import dagster, json, os, psycopg2\n"
            "DAYS = {'after': str, 'until': str}\n"
            f"STATEMENTS = {json.dumps(statements, indent=1)}\n"
            "def send(context, statement):\n"
            "    with psycopg2.connect('') as connection, connection.cursor() as cursor:\n"
            "        cursor.execute(statement.format(**context.op_config))\n"
            + "\n".join(ops)
            + "\n@dagster.job(executor_def=dagster.in_process_executor)\ndef bench():\n" + "\n".join(calls) + "\n")
        (self.folder / "home").mkdir(exist_ok=True)

    def command(self, after, until):
        config = {"ops": {f"{node.name}_op": {"config": {"after": after, "until": until}} for node in self.nodes}}
        self.write("days.json", json.dumps(config))
        return [self.tools.dagster, "job", "execute", "-f", "job.py", "-j", "bench", "-c", "days.json"]

    def idle(self):
        return [self.tools.dagster, "--version"]


SIDES = [Psql, Dfa, Dbt, Sqlmesh, Dagster]
