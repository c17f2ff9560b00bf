//! `sql`: a query over the rows of `load`, by the SQL of polars.
//!
//! It sees the relation `input` and nothing else: what reads or writes files is not compiled into this crate, and any
//! statement but a query is refused.

use crate::arguments::Arguments;
use crate::calendar::civil;
use crate::function::{Output, Parts, Work};
use crate::refusal::{Refusal, Result};
use polars::prelude::*;
use polars::sql::SQLContext;
use sqlparser::ast::Statement;
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;

/// The name by which a query knows the rows.
const INPUT: &str = "input";
const DAY_MICROS: i64 = 86_400_000_000;

pub struct Sql {
    query: String,
    rows: Vec<DataFrame>,
    memory: usize,
}

impl Sql {
    pub fn new(arguments: &Arguments) -> Result<Sql> {
        let query = arguments.text(&["query"]);
        let query = query.ok_or_else(|| Refusal::new("parameter 'query' is missing: select … from input"))?;
        let refused = |why: String| {
            Refusal::new(format!("parameter 'query' is not one query: {why}"))
                .hint("It is one SELECT of polars' SQL, over the relation `input`.")
        };
        let parsed =
            Parser::parse_sql(&GenericDialect {}, query).map_err(|error| refused(error.to_string()))?;
        match parsed.as_slice() {
            [Statement::Query(_)] => Ok(Sql { query: query.to_owned(), rows: Vec::new(), memory: 0 }),
            [other] => Err(refused(other.to_string())),
            all => Err(refused(format!("it has {} statements", all.len()))),
        }
    }
}

/// A column of decimals has one scale, and each piece the greatest of its own values: that of all is the greatest of all. A
/// value that has no room for it is an error.
fn of_one_scale(pieces: &mut [DataFrame]) -> Result<()> {
    let width = pieces.first().map_or(0, DataFrame::width);
    for place in 0..width {
        let scale = |piece: &DataFrame| match piece.columns()[place].dtype() {
            DataType::Decimal(_, scale) => Some(*scale),
            _ => None,
        };
        let Some(greatest) = pieces.iter().filter_map(scale).max() else { continue };
        for piece in pieces.iter_mut().filter(|piece| scale(piece) != Some(greatest)) {
            let column = piece.columns()[place].strict_cast(&DataType::Decimal(38, greatest))?;
            piece.with_column(column)?;
        }
    }
    Ok(())
}

/// polars' calendar ends before that of Postgres, and has no infinities.
fn is_within(column: &Column) -> Result<bool> {
    let ends = match column.dtype() {
        DataType::Date => {
            let days = column.date()?.physical();
            [days.min(), days.max()]
        }
        DataType::Datetime(..) => {
            let micros = column.datetime()?.physical();
            let day = |micros: Option<i64>| {
                micros.map(|micros| i32::try_from(micros.div_euclid(DAY_MICROS)).unwrap_or(i32::MAX))
            };
            [day(micros.min()), day(micros.max())]
        }
        _ => return Ok(true),
    };
    Ok(ends.into_iter().flatten().all(|day| civil(day).is_some()))
}

impl Work for Sql {
    fn take(&mut self, rows: DataFrame) -> Result<()> {
        for column in rows.columns() {
            if !is_within(column)? {
                return Err(Refusal::new(format!(
                    "a date of column '{}' is infinite, or beyond the year 9999",
                    column.name()
                ))
                .hint("Leave it out in the load: nullif(ds, 'infinity')."));
            }
        }
        self.memory += rows.estimated_size();
        self.rows.push(rows);
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Parts> {
        let mut pieces = self.rows;
        of_one_scale(&mut pieces)?;
        let pieces: Vec<LazyFrame> = pieces.into_iter().map(IntoLazy::lazy).collect();
        let mut context = SQLContext::new();
        context.register(INPUT, concat(pieces, UnionArgs::default())?.collect()?.lazy());
        let frame = context.execute(&self.query)?.collect()?;
        Ok(Output { frame, notes: Vec::new() }.whole())
    }

    fn memory(&self) -> usize {
        self.memory
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn query(query: &str) -> Result<DataFrame> {
        let arguments = Arguments(HashMap::from([("query".to_owned(), query.to_owned())]));
        let mut work = Sql::new(&arguments)?;
        for ids in [["a", "b"], ["c", "a"]] {
            let columns = vec![Column::new("id".into(), ids), Column::new("y".into(), [1, 2])];
            work.take(DataFrame::new_infer_height(columns)?)?;
        }
        Box::new(work).finish()?.map(|part| Ok(part?.frame)).next().expect("a part")
    }

    #[test]
    fn a_query_sees_all_pieces_of_the_input() {
        let frame = query("select id, sum(y) as y from input group by id order by id").unwrap();
        let rows: Vec<i64> = frame
            .column("y")
            .unwrap()
            .cast(&DataType::Int64)
            .unwrap()
            .i64()
            .unwrap()
            .iter()
            .flatten()
            .collect();
        assert_eq!(rows, [3, 2, 1]);
    }

    #[test]
    fn decimals_of_pieces_get_the_greatest_scale_or_are_an_error() {
        let piece = |digits: i128, scale: usize| {
            let digits = Int128Chunked::from_iter_options("y".into(), [Some(digits)].into_iter());
            DataFrame::new_infer_height(vec![digits.into_decimal(38, scale).unwrap().into_column()]).unwrap()
        };
        let mut pieces = [piece(5, 0), piece(25, 2)];
        of_one_scale(&mut pieces).unwrap();
        assert!(pieces.iter().all(|piece| piece.columns()[0].dtype() == &DataType::Decimal(38, 2)));
        assert_eq!(
            pieces[0].columns()[0].cast(&DataType::String).unwrap().str().unwrap().get(0),
            Some("5.00")
        );
        assert!(of_one_scale(&mut [piece(10_i128.pow(38) - 1, 0), piece(25, 2)]).is_err());
    }

    #[test]
    fn a_query_reads_no_file_and_no_other_relation() {
        let folder = std::env::temp_dir();
        for suffix in ["csv", "parquet", "ipc", "json", "ndjson"] {
            let path = folder.join(format!("dfa-sql-{}.{suffix}", std::process::id()));
            std::fs::write(&path, "id\nsecret\n").unwrap();
            let path = path.display();
            for from in [
                format!("read_{suffix}('{path}')"),
                format!("scan_{suffix}('{path}')"),
                format!("'{path}'"),
                format!("\"{path}\""),
                format!("table({path})"),
            ] {
                let found = query(&format!("select * from {from}"));
                assert!(found.is_err(), "{from}: {found:?}");
            }
            std::fs::remove_file(path.to_string()).unwrap();
        }
        assert!(query("select * from pg_class").is_err());
    }

    #[test]
    fn what_is_no_query_is_refused() {
        for text in [
            "drop table input",
            "create table t as select * from input",
            "truncate input",
            "delete from input",
            "explain select * from input",
            "show tables",
            "copy input to '/tmp/dfa'",
            "select 1; select 2",
            "",
            "selekt",
        ] {
            let refusal = query(text).err();
            assert!(refusal.is_some_and(|it| it.message.contains("'query'")), "{text}");
        }
    }
}
