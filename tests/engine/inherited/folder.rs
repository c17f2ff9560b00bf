//! A set in the manner of one that works elsewhere: 60 tables, 15 pipelines, catalogs of its own for the control tables.
//! Written by a program, so that each form occurs often and beside every other.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

pub const BROKEN_VIEW: &str = "vw_broken";
pub const BROKEN_FUNCTION: &str = "fn_broken";
pub const BROKEN_TABLE: &str = "ai_broken";

/// 96 bytes with blanks, a quote and letters that take three bytes each.
pub const LONG_PROCESS: &str = "รวมยอดขายรายวันของแต่ละสาขา; step 2 of \"daily\"";

const FEATURES: [&str; 4] = [
    // a map, of either form
    "{sale_date: \"date not null\", branch: {dtype: \"varchar( 8 )\", nullable: false}, amount: \"numeric( 24, 8 )  NULL\"}",
    // a list
    "[{name: sale_date, type: date, nullable: false}, {name: branch, datatype: varchar(8)}, {name: amount, dtype: 'numeric(24,8)', default: 0}]",
    // by position
    "{1: {name: sale_date, datatype: date}, 2: {name: branch, datatype: \"varchar(8)\"}, 3: {name: amount, datatype: numeric}}",
    "{sale_date: date not null, branch: \"VARCHAR(8) check (branch <> '')\", amount: numeric}",
];

/// Writes the set; without what is broken in it unless `broken`.
pub fn write(folder: &Path, broken: bool) {
    let put = |name: &str, text: String| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    put("catalog/catalog_ctr_framework.yaml", control());
    // Windows line ends, and none at the end of the file.
    put("catalog/catalog_src_sales.yaml", (1..=20).map(source).collect::<String>().replace('\n', "\r\n"));
    put("catalog/catalog_imp_target.yaml", (1..=6).map(ingested).collect::<String>().trim_end().to_owned());
    put("catalog/catalog_ai_sales.yaml", (1..=20).map(daily).collect());
    // Tables and the pipelines that run them in one file, whose name speaks of tables.
    let mut reports: String = (1..=9).map(report).collect();
    reports.extend((1..=9).map(report_pipeline));
    put("catalog/catalog_ai_report.yaml", reports);
    put("catalog/catalog_ai_forecast.yaml", forecast());
    put(
        "pipeline/pipeline_sales.yaml",
        (1..=5).map(sales_pipeline).collect::<String>() + &forecast_pipeline(),
    );
    put("function/func_all.yaml", functions(broken));
    put("view/view_all.yaml", views(broken));
    put("adhoc/query_sales.yaml", queries());
    put(
        "data/branches.json",
        "[{\"branch\": \"north\", \"amount\": 1.10, \"sale_date\": \"2021-02-28\"}]".to_owned(),
    );
    if broken {
        put("catalog/catalog_ai_broken.yaml", BROKEN.to_owned());
    }
}

const BROKEN: &str = "
ai_broken:
  create: {features: {sale_date: date}}
  update: {fill: {statement: 'insert ino {ai_schema_name}.ai_broken select 1'}}
pipeline_broken:
  id: broken
  nodes: [ai_daily_20, ai_broken]
";

/// The control tables of the set: their own columns, parameters, watermarks one day before, tracking in two statements.
fn control() -> String {
    let mut rows = String::new();
    for number in 1..=20 {
        let comma = if number == 1 { "" } else { "," };
        write!(rows, "{comma}\n          ('internal', 'ai_daily_{number:02}', 'transaction', date '{{run_date}}' - 1, '{{update_date}}', '{{run_date}}', 'daily', 0, 9, 0, 'sale_date', 'true')").unwrap();
    }
    format!(
        "# what the framework keeps
ctr_data_parameter:
  version: '2022-09-01'
  description:
  profile: {{features: {{module_type: varchar( 64 ), parameter_name: varchar(256), parameter_type: varchar(64), parameter_value: text, update_date: timestamp, active_flg: varchar( 8 )}}, primary_keys: [module_type, parameter_name]}}
  initial:
    parameter: ['update_date']
    statement: \"
        insert into {{ai_schema_name}}.ctr_data_parameter
        values ('framework', 'data_normal_common_filter_mockup', 'str', 'Y', '{{update_date}}', 'Y')
             , ('data', 'months_back', 'int', '1', '{{update_date}}', 'true')
             , ('data', 'ratio', 'float', '1.5', '{{update_date}}', 't')   /* a type of theirs */
        on conflict ( module_type, parameter_name ) do update set parameter_value = excluded.parameter_value;\"
ctr_data_pipeline:
  create:
    features: {{system_type: varchar( 64 ), table_name: varchar( 128 ), table_type: varchar( 64 ), data_date: date, update_date: timestamp, run_date: date, run_type: varchar( 64 ), run_count_now: numeric( 8 ), run_count_max: numeric( 8 ), rtt_value: numeric( 24 ), rtt_column: varchar( 128 ), active_flg: varchar( 16 )}}
    primary_key: ['table_name']
  initial:
    parameter: [run_date, update_date]
    statement: \"
      insert into {{database_name}}.{{ai_schema_name}}.ctr_data_pipeline
          ( system_type, table_name, table_type, data_date, update_date, run_date, run_type, run_count_now, run_count_max, rtt_value, rtt_column, active_flg )
      values {rows};

      update {{database_name}}.{{ai_schema_name}}.ctr_data_pipeline as ctr set run_count_max = 3, table_type = 'P' where ctr.table_name = 'ai_daily_20';\"
ctr_task_schedule:
  create: {{features: {{pipeline_id: varchar(64), pipeline_name: varchar(512), pipeline_type: varchar(64), tracking: varchar(64), update_date: timestamp, active_flg: varchar(8)}}, primary_key: [pipeline_id]}}
  initial:
    parameter: [update_date]
    statement:
      first: \"insert into {{ai_schema_name}}.ctr_task_schedule (pipeline_id, pipeline_name, pipeline_type, tracking, update_date, active_flg)
        values ('sales_1', 'pipeline_sales_1', 'schedule', 'SUCCESS', '{{update_date}}', 'true'), ('sales_2', 'pipeline_sales_2', 'trigger', 'P', '{{update_date}}', 'yes')\"
      second: \"insert into {{database_name}}.{{ai_schema_name}}.ctr_task_schedule as ctr
        select 'landed', 'landed files', 'anything', 'SUCCESS', timestamp '{{update_date}}', 'N'
        on conflict ( pipeline_id ) do update set pipeline_type = excluded.pipeline_type where ctr.pipeline_type <> excluded.pipeline_type;\"
"
    )
}

fn source(number: usize) -> String {
    let features = FEATURES[number % 4];
    let initial = match number % 3 {
        0 => "{value: \"'2021-02-28', 'north', 10.5\"}",
        1 => "{values: [\"('2021-02-28', 'north', 10.5)\", \"'2021-03-01', 's; \\\"x\\\"', 2\"]}",
        _ => "{parameter: [run_date], stm: \"insert into {ai_schema_name}.src_sale_NN (sale_date, branch, amount) select date '{run_date}' - n, 'b' || n, n from generate_series(0, 2) as n\"}",
    };
    // One with a default has one value less.
    let initial = if number % 4 == 1 {
        "{statement: \"insert into {ai_schema_name}.src_sale_NN values ('2021-02-28', 'north', 1)\"}"
    } else if number == 8 {
        "{file: branches.json}"
    } else {
        initial
    };
    let key = ["primary_key_dummy: sale_date", "primary_key_dummy: [sale_date, branch]"][number % 2];
    format!("src_sale_{number:02}:   # landed\n  version: 2022-09-{:02}\n  descriptions: ''\n  {}:\n    features: {features}\n    {key}\n  mockup: {}\n",
        number, ["create", "profile", "profiles"][number % 3], initial.replace("NN", &format!("{number:02}")))
}

fn ingested(number: usize) -> String {
    let foreign = [
        "foreign_key: {branch: imp_target_01}",
        "foreign_keys: {branch: \"imp_target_01.branch\"}",
        "foreign: {branch: \"imp_target_01(branch)\"}",
        "foreigners: [{name: branch, ref_table: imp_target_01, ref_column: branch}]",
        "foreign_key: {branch: {ref_table: imp_target_01, ref_column: branch}}",
    ];
    let foreign = if number == 1 { "" } else { foreign[number % 5] };
    format!("imp_target_{number:02}:\n  create:\n    features: {{branch: \"varchar(8) not null\", target: numeric}}\n    primary: branch\n    {foreign}\n")
}

fn daily(number: usize) -> String {
    let table = format!("ai_daily_{number:02}");
    let source = format!("{{ai_schema_name}}.src_sale_{number:02}");
    let statement = match number % 3 {
        0 => format!("
        stm: \"
            insert into {{ai_schema_name}}.{table} (sale_date, total)
\tselect sale_date, sum(amount) from {source} /* ; */ where sale_date between date '{{data_date}}' and date '{{run_date}}' group by sale_date
            on conflict (sale_date) do update set total = excluded.total; -- the end; of it\""),
        1 => format!("
        statements:
          with_new: \"select sale_date, sum(amount) as total from {source} where sale_date <= '{{run_date}}' group by sale_date;\"
          with old: \"select max(sale_date) as last from {{ai_schema_name}}.{table}\"
          with_row_table: \"insert into {{ai_schema_name}}.{table} select * from new on conflict (sale_date) do update set total = excluded.total\""),
        _ => format!("
        statement: \"delete from {{ai_schema_name}}.{table}; insert into {{ai_schema_name}}.{table} select sale_date, sum(amount) from {source} group by 1;
            select count(*) as row_number from {{ai_schema_name}}.{table}\""),
    };
    let tables = ["update", "process", "processes", "function", "functions"];
    let long = LONG_PROCESS.replace('"', "\\\"");
    format!("{table}:
  create:
    features: {{sale_date: date, total: \"numeric( 24, 8 )\"}}
    primary_key: ['sale_date']
  {}:
      mockup_data_{number}: {{priority: 1, statement: \"insert into {{ai_schema_name}}.{table} values ('1999-01-01', 0)\"}}
      \"{long}\":
        {}: ['data_date', run_date]{statement}\n", tables[number % 5], ["parameter", "param", "parameters", "params"][number % 4])
}

fn report(number: usize) -> String {
    format!("ai_report_{number:02}:
  create: {{features: {{id: serial, sale_date: date, total: numeric}}, primary_key: id}}
  update:
    fill: {{param: [months_back], stm: \"insert into {{ai_schema_name}}.ai_report_{number:02} (sale_date, total) select sale_date, {{ai_schema_name}}.fn_twice(total) from {{ai_schema_name}}.vw_sales_{number:02} where sale_date > date '2000-01-01' - interval '{{months_back}} month'\"}}
")
}

fn report_pipeline(number: usize) -> String {
    let triggers = [
        "trigger: [sales_1, sales_2]",
        "trigger: 'sales_1 & (sales_2 | landed)'",
        "triggers: sales_1",
        "schedule: '5 0 * * sun'",
    ];
    format!("report_{number:02}:\n  pipeline_id: r{number}\n  tables: {{ai_report_{number:02}: [fill]}}\n  {}\n  alerts: []\n", triggers[number % 4])
}

fn forecast() -> String {
    "ai_forecast:
  create: {features: {sale_date: date, total: numeric}}
  function:
    predict:
      function: app.vendor.forecast.run_tbl_forecast
      load: {parameter: [run_date], statement: \"select * from {ai_schema_name}.ai_daily_01 where sale_date < '{run_date}'\"}
      save: {statement: \"insert into {ai_schema_name}.ai_forecast {function_value}\"}
ctr_note: {create: {features: {note: text}}, initial: {value: \"'kept'\"}}
"
    .to_owned()
}

fn sales_pipeline(number: usize) -> String {
    let slots = [
        "everyday_at_05_30",
        "every_monday_at_00_05",
        "every_month_at_1st_00_10",
        "every_quarter_at_2nd_01_00",
        "0 4 * * *",
    ];
    let long = LONG_PROCESS.replace('"', "\\\"");
    let tables: Vec<String> =
        (0..4).map(|step| format!("ai_daily_{:02}", 4 * (number - 1) + step + 1)).collect();
    let nodes = match number % 3 {
        0 => format!("[{}]", tables.join(", ")),
        1 => format!(
            "[{}]",
            tables
                .iter()
                .map(|table| format!("{{name: 'sql:{table}', choose: [\"{long}\"]}}"))
                .collect::<Vec<_>>()
                .join(", ")
        ),
        _ => format!(
            "{{{}}}",
            tables
                .iter()
                .map(|table| format!(
                    "{table}: {{priority: 1, filter: '!mockup_data_{}'}}",
                    table[9..].parse::<usize>().unwrap()
                ))
                .collect::<Vec<_>>()
                .join(", ")
        ),
    };
    format!("pipeline_sales_{number}:\n  id: sales_{number}\n  priority: {number}.1\n  nodes: {nodes}\n  scheduler: [{}]\n  track: r1\n", slots[number - 1])
}

fn forecast_pipeline() -> String {
    "pipeline_forecast: {id: forecast, node: 'py:ai_forecast', triggers: 'sales_1 & sales_2'}".to_owned()
}

fn functions(broken: bool) -> String {
    let mut text = "func:fn_twice:
  create: \"create or replace function {ai_schema_name}.fn_twice(n numeric) returns numeric language sql
    begin atomic
      select case when n > 0 then n * 2 else 0 end;
    end;\"
function:fn_log:
  create: {parameter: [], function: \"create or replace function {ai_schema_name}.fn_log(t text) returns text language plpgsql as $$ begin return t; end; $$\"}
"
    .to_owned();
    if broken {
        text.push_str("func:fn_broken: {create: \"create functoin {ai_schema_name}.fn_broken() returns int return 1\"}\n");
    }
    text
}

fn views(broken: bool) -> String {
    let mut text = String::new();
    for number in 1..=9 {
        let sql = match number % 3 {
            0 => format!("create or replace view {{ai_schema_name}}.vw_sales_{number:02} as"),
            1 => format!("create materialized view {{ai_schema_name}}.vw_sales_{number:02} as"),
            _ => String::new(),
        };
        writeln!(text, "view:vw_sales_{number:02}:\n  create: \"{sql} select sale_date, total from {{ai_schema_name}}.ai_daily_{number:02}\"").unwrap();
    }
    if broken {
        text.push_str(
            "view:vw_broken: {create: {query: \"create view {ai_schema_name}.vw_broken as selct 1\"}}\n",
        );
        text.push_str("view:vw_of_nothing: {create: \"create view {ai_schema_name}.vw_of_nothing as select 1 from {ai_schema_name}.nothing\"}\n");
    }
    text
}

fn queries() -> String {
    "query:sales_since: {create: {parameter: [since], query: \"select count(*) as n from {ai_schema_name}.ai_daily_01 where sale_date >= '{since}'\"}}
top_days:
  statement: \"select sale_date from {ai_schema_name}.ai_daily_01 order by total desc\""
        .to_owned()
}
