//! What each table must hold, said in another way than the catalogs say it: straight from the landed rows, without
//! functions, windows of days or sums of sums.

use postgres::Client;

/// A table beside the query over the landed rows that must give the same rows. `{run_date}` is the last date run.
pub struct Total {
    pub table: &'static str,
    actual: &'static str,
    expected: &'static str,
}

/// Every table that is made of receipts or redemptions. A rerun of an earlier date must not change what is expected.
pub const TOTALS: &[Total] = &[
    Total {
        table: "ai_daily_sales",
        actual: "select sales_date, store_id, department, line_count, quantity, sales_amount, discount_amount
                 from ai.ai_daily_sales",
        expected: "select day, store_id, department, count(*), sum(quantity), sum(sales_value), sum(discount)
                   from line group by day, store_id, department",
    },
    Total {
        table: "ai_daily_basket",
        actual: "select basket_id, household_id, store_id, basket_date, line_count, sales_amount from ai.ai_daily_basket",
        expected: "select basket_id, household_id, store_id, day, count(*), sum(sales_value)
                   from line group by basket_id, household_id, store_id, day",
    },
    Total {
        table: "ai_weekly_sales",
        actual: "select week_start, store_id, department, line_count, quantity, sales_amount, discount_amount
                 from ai.ai_weekly_sales",
        expected: "select week, store_id, department, count(*), sum(quantity), sum(sales_value), sum(discount)
                   from line group by week, store_id, department",
    },
    Total {
        table: "ai_monthly_sales",
        actual: "select month_start, store_id, department, line_count, quantity, sales_amount, discount_amount
                 from ai.ai_monthly_sales",
        expected: "select month, store_id, department, count(*), sum(quantity), sum(sales_value), sum(discount)
                   from line group by month, store_id, department",
    },
    Total {
        table: "ai_monthly_article_sales",
        actual: "select month_start, product_id, line_count, quantity, sales_amount from ai.ai_monthly_article_sales",
        expected: "select month, product_id, count(*), sum(quantity), sum(sales_value) from line group by month, product_id",
    },
    Total {
        table: "ai_monthly_household_sales",
        actual: "select month_start, household_id, basket_count, quantity, sales_amount from ai.ai_monthly_household_sales",
        expected: "select month, household_id, count(distinct basket_id), sum(quantity), sum(sales_value)
                   from line group by month, household_id",
    },
    Total {
        table: "ai_report_department_month",
        actual: "select month_start, department, store_count, quantity, sales_amount, discount_amount, sales_share
                 from ai.ai_report_department_month",
        expected: "select month, department, count(distinct store_id), sum(quantity), sum(sales_value), sum(discount),
                          round(sum(sales_value) / nullif((select sum(sales_value) from line as whole
                                                           where whole.month = line.month), 0), 6)
                   from line group by month, department",
    },
    Total {
        table: "ai_report_department_month.growth",
        actual: "select month_start, department, growth from ai.ai_report_department_month",
        expected: "select month, department,
                          round(sum(sales_value) / nullif((select sum(sales_value) from line as before
                                                           where before.department = line.department
                                                             and before.month = line.month - interval '1 month'), 0) - 1, 6)
                   from line group by month, department",
    },
    Total {
        table: "ai_report_department_month.adjusted_amount",
        actual: "select month_start, sum(adjusted_amount - sales_amount) from ai.ai_report_department_month
                 group by month_start having sum(adjusted_amount - sales_amount) <> 0",
        expected: "select month, sum(part)
                   from (select month, round(sum(sales_value) * rate, 2) as part
                         from line join ai.imp_sales_correction as correction
                           on correction.correction_month = line.month and correction.store_id = line.store_id
                              and correction.department = line.department
                         group by month, line.store_id, line.department, rate) as part
                   group by month having sum(part) <> 0",
    },
    Total {
        table: "ai_report_store_week",
        actual: "select week_start, store_id, basket_count, sales_amount, round(sales_mean, 4) from ai.ai_report_store_week",
        expected: "select week, store_id, count(distinct basket_id), sum(sales_value),
                          (select round(sum(near.sales_value) / count(distinct near.week), 4) from line as near
                           where near.store_id = line.store_id and near.week between line.week - 21 and line.week)
                   from line group by week, store_id",
    },
    Total {
        table: "ai_report_household_month",
        actual: "select month_start, age, household_count, basket_count, sales_amount from ai.ai_report_household_month",
        expected: "select month, coalesce(age, 'UNKNOWN'), count(distinct household_id), count(distinct basket_id),
                          sum(sales_value)
                   from line left join ai.src_household using (household_id) group by 1, 2",
    },
    Total {
        table: "ai_report_sales_target",
        actual: "select month_start, department_group, sales_amount, gross_amount from ai.ai_report_sales_target",
        expected: "select target_month, target.department_group, coalesce(sum(sales_value), 0), coalesce(sum(sales_value), 0)
                   from ai.imp_sales_target as target
                   left join (line left join ai.ctr_department_group as known using (department))
                     on line.month = target_month and coalesce(known.department_group, 'Other') = target.department_group
                   where target_month <= date '{run_date}'
                   group by target_month, target.department_group",
    },
    Total {
        table: "ai_report_campaign_month",
        actual: "select month_start, campaign_id, redemption_count, redeeming_households from ai.ai_report_campaign_month",
        expected: "select date_trunc('month', redemption_date)::date, campaign_id, count(*), count(distinct household_id)
                   from ai.src_coupon_redemption where redemption_date::date <= date '{run_date}' group by 1, 2",
    },
    Total {
        table: "ai_report_article_class",
        actual: "select as_of_month, product_id, sales_amount from ai.ai_report_article_class",
        expected: "select as_of::date, product_id, sum(sales_value)
                   from generate_series(date '2017-01-01', date '{run_date}', interval '1 month') as as_of
                   join line on age(as_of, month) between interval '1 month' and interval '3 month'
                   group by as_of, product_id having sum(sales_value) > 0",
    },
];

/// The receipts' lines that count.
const LINES: &str = "
    select date(transaction_timestamp) as day,
           date_trunc('week', transaction_timestamp)::date as week,
           date_trunc('month', transaction_timestamp)::date as month,
           household_id, store_id, basket_id, product_id, quantity, sales_value,
           retail_disc + coupon_disc + coupon_match_disc as discount,
           coalesce(department, 'UNKNOWN') as department
    from ai.src_transaction
    left join (select product_id, min(department) as department from ai.src_product group by product_id) as product
        using (product_id)
    where quantity > 0 and transaction_timestamp < date '{run_date}' + interval '1 day'";

impl Total {
    /// Asserts that the table holds the rows of the query, and some.
    pub fn assert_holds(&self, client: &mut Client, run_date: &str) {
        let dated = |sql: &str| sql.replace("{run_date}", run_date);
        let (actual, expected) = (dated(self.actual), dated(self.expected));
        let row = client
            .query_one(
                &format!(
                    "with actual as materialized ({actual}), expected as materialized ({expected}),
                          missing as (select * from expected except all select * from actual),
                          extra as (select * from actual except all select * from expected)
                     select (select count(*) from actual), (select count(*) from missing), (select count(*) from extra),
                            coalesce((select missing::text from missing limit 1), '-'),
                            coalesce((select extra::text from extra limit 1), '-')"
                ),
                &[],
            )
            .unwrap_or_else(|error| panic!("{}: {error:?}", self.table));
        let (rows, missing, extra): (i64, i64, i64) = (row.get(0), row.get(1), row.get(2));
        let (one_missing, one_extra): (String, String) = (row.get(3), row.get(4));
        assert!(rows > 0, "{} is empty after the run of {run_date}", self.table);
        assert!(
            missing == 0 && extra == 0,
            "{} after the run of {run_date}: {missing} rows missing, such as {one_missing}; {extra} that should not be \
             there, such as {one_extra}",
            self.table
        );
    }
}

/// Asserts every total as of the last date run.
pub fn assert_all(client: &mut Client, run_date: &str) {
    prepare_lines(client, run_date);
    for total in TOTALS {
        total.assert_holds(client, run_date);
    }
}

/// Keeps the lines up to a date in a temporary table `line`, for the queries of this session.
pub fn prepare_lines(client: &mut Client, run_date: &str) {
    let lines = LINES.replace("{run_date}", run_date);
    client
        .batch_execute(&format!(
            "drop table if exists line; create temporary table line as {lines}; \
             create index on line (store_id, week); create index on line (month); analyze line"
        ))
        .expect("the landed lines can be read");
}
