"""DFA beside what people use instead: the same SQL, the same database, a command for each increment.

    main.py DFA FOLDER_OF_TOOLS WORK RESULT.md [--days 10]

The server is the one that PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE name; its receipts are loaded
(`ai.src_transaction`). FOLDER_OF_TOOLS has bin/dbt and so on, each in an environment of its own. The sides take turns, and every
side's rows are compared with those of psql.
"""

import argparse
import datetime
import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pipeline
from sides import SIDES

FIRST = datetime.date(2017, 7, 1)
BEFORE = datetime.date(2016, 12, 31)


@dataclass
class Took:
    """What one command took: seconds by the wall, and kilobytes at most."""

    seconds: float
    kilobytes: int


def call(words, folder):
    """Runs a command; stops with its output when it fails."""
    env = dict(os.environ, DAGSTER_HOME=str(folder / "home"), DBT_PROFILES_DIR=str(folder), DAGSTER_DISABLE_TELEMETRY="1",
               DO_NOT_TRACK="1", NO_COLOR="1")
    with open(folder / "log", "w+", encoding="utf-8") as log:
        started = time.monotonic()
        process = subprocess.Popen(words, cwd=folder, env=env, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            log.seek(0)
            sys.exit(f"{' '.join(map(str, words))}\nended with {process.returncode}:\n{log.read()[-4000:]}")
    print(f"{seconds:7.2f} s  {folder.name}: {Path(words[0]).name} {words[1]}", file=sys.stderr)
    return Took(seconds, usage.ru_maxrss)


def sql(text):
    done = subprocess.run(["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1"], input=text, text=True, capture_output=True, check=False)
    if done.returncode:
        sys.exit(f"{text[:400]}\n{done.stderr}")
    return done.stdout.strip()


def differences(side, reference):
    """How many rows a side has more or less than psql."""
    def rows(of, node):
        names = ", ".join(column.split()[0] for column in node.columns.split(", "))
        return f"select {names} from {of.table(node)}"
    each = [
        f"select count(*) as n from (({rows(side, node)} except {rows(reference, node)}) union all "
        f"({rows(reference, node)} except {rows(side, node)})) as row"
        for node in side.nodes
    ]
    return int(sql(f"select sum(n) from ({' union all '.join(each)}) as node"))


def measure(sides, days):
    """The first load of half a year, then the days one by one, the sides in turns."""
    full, daily = {}, {side.name: [] for side in sides}
    for side in sides:
        side.prepare(sql)
    for side in sides:
        full[side.name] = call(side.command(str(BEFORE), str(FIRST)), side.folder)
    for number in range(days):
        after = FIRST + datetime.timedelta(days=number)
        until = after + datetime.timedelta(days=1)
        for side in sides if number % 2 else reversed(sides):
            daily[side.name].append(call(side.command(str(after), str(until)), side.folder))
    wrong = {side.name: differences(side, sides[0]) for side in sides}
    return full, daily, wrong


def median(took):
    return statistics.median(it.seconds for it in took)


def table(title, sides, full, daily, wrong):
    lines = [f"## {title}", "", "| | the half-year at once, s | a day, s | against psql | memory, MB | rows that differ |",
             "| --- | ---: | ---: | ---: | ---: | ---: |"]
    for side in sides:
        took = daily[side.name]
        lines.append(
            f"| {side.name} | {full[side.name].seconds:.2f} | {median(took):.2f} | "
            f"{statistics.median(a.seconds / b.seconds for a, b in zip(took, daily['psql'])):.1f} × | "
            f"{max(it.kilobytes for it in took) / 1024:.0f} | {wrong[side.name]} |"
        )
    return lines + [""]


def main():
    arguments = argparse.ArgumentParser()
    for name in ("dfa", "tools", "work", "result"):
        arguments.add_argument(name)
    arguments.add_argument("--days", type=int, default=10)
    given = arguments.parse_args()
    work = Path(given.work)
    shutil.rmtree(work, ignore_errors=True)
    tools = SimpleNamespace(dfa=given.dfa, **{
        name: str(Path(given.tools) / name / "bin" / name) for name in ("dbt", "sqlmesh", "dagster")
    })
    database = SimpleNamespace(
        host=os.environ["PGHOST"], port=int(os.environ["PGPORT"]), user=os.environ["PGUSER"],
        password=os.environ.get("PGPASSWORD"), name=os.environ["PGDATABASE"],
    )
    lines = []
    for title, nodes in (("Five nodes over the receipts", pipeline.FIVE), ("A graph of fifty nodes", pipeline.FIFTY)):
        sides = [side(tools, work, nodes, database) for side in SIDES if side_is_here(side, tools)]
        lines += table(title, sides, *measure(sides, given.days))
    lines += ["## Start and stop", "", "| | s | memory, MB |", "| --- | ---: | ---: |"]
    for side in sides:
        took = [call(side.idle(), side.folder) for _ in range(5)]
        lines.append(f"| {' '.join([side.name, *side.idle()[1:2]])} | {median(took):.2f} | {max(it.kilobytes for it in took) / 1024:.0f} |")
    Path(given.result).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


def side_is_here(side, tools):
    """A tool that could not be installed is left out, and said so."""
    here = side.name in ("psql", "dfa") or Path(getattr(tools, side.name)).exists()
    if not here:
        print(f"LEFT OUT: {side.name} could not be had", file=sys.stderr)
    return here


if __name__ == "__main__":
    main()
