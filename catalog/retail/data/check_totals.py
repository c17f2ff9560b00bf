#!/usr/bin/env python3
"""Compares the report tables with totals computed from the Parquet files, without any SQL of the catalogs.

    python3 check_totals.py DATA_FOLDER [RUN_DATE]

DATA_FOLDER holds the files that were loaded (the wheel's or the sample). RUN_DATE (2017-12-31 if not given) is the
greatest date that the pipelines ran for in common mode; a rerun of an earlier date must not change what is expected.
Reads the database by `psql`, that is by PGHOST, PGPORT, PGUSER,
PGDATABASE; DFA_AI_SCHEMA names the data schema (ai). Needs polars. Prints a line per check, exits with 1 if any differs.
"""

import datetime as dt
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import polars as pl

SCHEMA = os.environ.get("DFA_AI_SCHEMA", "ai")
CLASS_MONTHS = 3
MONEY = pl.Decimal(18, 2)


def query(sql: str) -> list[list[str]]:
    """Rows of a query as text."""
    done = subprocess.run(
        ["psql", "-X", "-q", "-At", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", f'set search_path = "{SCHEMA}"', "-c", sql],
        stdout=subprocess.PIPE,
        text=True,
    )
    if done.returncode != 0:
        sys.exit("psql failed as told above; point PGHOST, PGPORT, PGUSER and PGDATABASE at the database to check.")
    return [line.split("\t") for line in done.stdout.splitlines()]


class Checks:
    """Counts what agrees and what does not."""

    def __init__(self) -> None:
        self.failed = 0
        self.passed = 0

    def equal(self, what: str, sql: str, expected: pl.DataFrame) -> None:
        """The rows of `sql` are those of `expected`, in any order."""
        actual = sorted(tuple(row) for row in query(sql))
        wanted = sorted(tuple(text(value) for value in row) for row in expected.iter_rows())
        if actual == wanted:
            self.passed += 1
            print(f"ok      {what}: {len(wanted):,} rows")
            return
        self.failed += 1
        missing, extra = sorted(set(wanted) - set(actual))[:3], sorted(set(actual) - set(wanted))[:3]
        print(f"DIFFERS {what}: {len(actual):,} rows in the database, {len(wanted):,} expected")
        print(f"        expected and not there: {missing}\n        there and not expected: {extra}")


def text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return str(value)


def month(column: str) -> pl.Expr:
    return pl.col(column).dt.truncate("1mo")


def sales_of(folder: Path, run_date: dt.date) -> pl.DataFrame:
    """The receipts' lines that count, with their department."""
    products = pl.read_parquet(folder / "products.parquet").select("product_id", "department").unique("product_id")
    return (
        pl.read_parquet(folder / "transactions.parquet")
        .with_columns(
            pl.col("transaction_timestamp").dt.date().alias("day"),
            pl.col("sales_value", "retail_disc", "coupon_disc", "coupon_match_disc").round(2).cast(MONEY),
        )
        .filter((pl.col("day") <= run_date) & (pl.col("quantity") > 0))
        .join(products, on="product_id", how="left")
        .with_columns(
            pl.col("department").fill_null("UNKNOWN"),
            (pl.col("retail_disc") + pl.col("coupon_disc") + pl.col("coupon_match_disc")).alias("discount"),
            month("day").alias("month"),
            pl.col("day").dt.truncate("1w").alias("week_start"),
        )
    )


def money(column: str) -> pl.Expr:
    return pl.col(column).sum().cast(MONEY)


def check_sums(checks: Checks, sales: pl.DataFrame) -> None:
    measures = (pl.len(), pl.col("quantity").sum(), money("sales_value"), money("discount"))
    for table, period, column in (
        ("ai_daily_sales", "day", "sales_date"),
        ("ai_weekly_sales", "week_start", "week_start"),
        ("ai_monthly_sales", "month", "month_start"),
    ):
        checks.equal(
            table,
            f"select {column}, store_id, department, line_count, quantity, sales_amount, discount_amount from {table}",
            sales.group_by(period, "store_id", "department").agg(*measures),
        )
    checks.equal(
        "ai_daily_basket",
        "select basket_id, household_id, basket_date, line_count, sales_amount from ai_daily_basket",
        sales.group_by("basket_id", "household_id", "day").agg(pl.len(), money("sales_value")),
    )
    checks.equal(
        "ai_monthly_article_sales",
        "select month_start, product_id, line_count, sales_amount from ai_monthly_article_sales",
        sales.group_by("month", "product_id").agg(pl.len(), money("sales_value")),
    )
    checks.equal(
        "ai_monthly_household_sales",
        "select month_start, household_id, basket_count, sales_amount from ai_monthly_household_sales",
        sales.group_by("month", "household_id").agg(pl.col("basket_id").n_unique(), money("sales_value")),
    )


def check_reports(checks: Checks, sales: pl.DataFrame, folder: Path) -> None:
    checks.equal(
        "ai_report_department_month",
        """select month_start, department, store_count, quantity, sales_amount, discount_amount
           from ai_report_department_month""",
        sales.group_by("month", "department").agg(
            pl.col("store_id").n_unique(), pl.col("quantity").sum(), money("sales_value"), money("discount")
        ),
    )
    checks.equal(
        "ai_report_store_week",
        "select week_start, store_id, basket_count, sales_amount from ai_report_store_week",
        sales.group_by("week_start", "store_id").agg(pl.col("basket_id").n_unique(), money("sales_value")),
    )
    profiles = pl.read_parquet(folder / "demographics.parquet").select("household_id", "age")
    checks.equal(
        "ai_report_household_month",
        "select month_start, age, household_count, basket_count, sales_amount from ai_report_household_month",
        sales.join(profiles, on="household_id", how="left")
        .with_columns(pl.col("age").fill_null("UNKNOWN"))
        .group_by("month", "age")
        .agg(pl.col("household_id").n_unique(), pl.col("basket_id").n_unique(), money("sales_value")),
    )
    checks.equal(
        "growth in ai_report_department_month",
        """select month_start, department, round(growth, 3) from ai_report_department_month
           where growth is not null""",
        growth(sales),
    )


def growth(sales: pl.DataFrame) -> pl.DataFrame:
    """Growth on the calendar month before, to three places, where there was one with sales."""
    sold = sales.group_by("month", "department").agg(money("sales_value").alias("amount"))
    before = sold.with_columns(pl.col("month").dt.offset_by("1mo")).rename({"amount": "before"})
    rows = []
    for month_start, department, amount, earlier in sold.join(before, on=["month", "department"]).iter_rows():
        if earlier:
            share = ((amount - earlier) / earlier).quantize(Decimal("0.000001"), rounding="ROUND_HALF_UP")
            share = share.quantize(Decimal("0.001"), rounding="ROUND_HALF_UP") + 0  # no negative zero
            rows.append((str(month_start), department, str(share)))
    return pl.DataFrame(rows, schema=["month", "department", "growth"], orient="row")


def check_campaigns(checks: Checks, folder: Path, run_date: dt.date) -> None:
    redeemed = (
        pl.read_parquet(folder / "coupon_redemptions.parquet")
        .with_columns(pl.col("redemption_date").dt.date().alias("day"))
        .filter(pl.col("day") <= run_date)
        .with_columns(month("day").alias("month"))
    )
    checks.equal(
        "ai_report_campaign_month",
        """select month_start, campaign_id, redemption_count, redeeming_households
           from ai_report_campaign_month""",
        redeemed.group_by("month", "campaign_id").agg(pl.len(), pl.col("household_id").n_unique()),
    )


def check_targets(checks: Checks, sales: pl.DataFrame, run_date: dt.date) -> None:
    groups = pl.read_csv(Path(__file__).parent / "department_group.csv").select("department", "department_group")
    sold = (
        sales.join(groups, on="department", how="left")
        .with_columns(pl.col("department_group").fill_null("Other"))
        .group_by("month", "department_group")
        .agg(money("sales_value"))
    )
    first_month = sales["month"].min()
    targets = query(
        f"""select target_month, department_group from imp_sales_target
            where target_month between '{first_month}' and '{run_date}'"""
    )
    known = {(str(month_start), group): amount for month_start, group, amount in sold.iter_rows()}
    expected = pl.DataFrame(
        [(month_start, group, text(known.get((month_start, group), Decimal(0)))) for month_start, group in targets],
        schema=["month", "group", "amount"],
        orient="row",
    )
    checks.equal(
        "ai_report_sales_target", "select month_start, department_group, sales_amount from ai_report_sales_target", expected
    )


def check_classes(checks: Checks, sales: pl.DataFrame, run_date: dt.date) -> None:
    """Classes of a month look back on the sales of the months before it."""
    sold = sales.group_by("month", "product_id").agg(money("sales_value").alias("amount"))
    looks_back = [sold.with_columns(pl.col("month").dt.offset_by(f"{months}mo")) for months in range(1, CLASS_MONTHS + 1)]
    expected = (
        pl.concat(looks_back)
        .filter(pl.col("month") <= run_date)
        .group_by("month", "product_id")
        .agg(money("amount").alias("amount"))
        .filter(pl.col("amount") > 0)
    )
    checks.equal(
        "ai_report_article_class", "select as_of_month, product_id, sales_amount from ai_report_article_class", expected
    )


def main(folder: Path, run_date: dt.date) -> int:
    checks = Checks()
    sales = sales_of(folder, run_date)
    check_sums(checks, sales)
    check_reports(checks, sales, folder)
    check_campaigns(checks, folder, run_date)
    check_targets(checks, sales, run_date)
    check_classes(checks, sales, run_date)
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]), dt.date.fromisoformat(sys.argv[2] if len(sys.argv) == 3 else "2017-12-31")))
