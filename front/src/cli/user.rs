//! `dfa user`

use crate::db::{self, records, Ask};
use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::settings::Settings;
use crate::user::{self, Role};
use serde_json::json;
use std::io::{BufRead, IsTerminal};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Add a user who may sign in; the password is asked for, or read from standard input.
    #[command(after_help = "\
Examples:
  dfa user add anna --role operator
  printf '%s\\n' \"$PASSWORD\" | dfa user add anna --role admin --replace")]
    Add(Add),
    /// List the users.
    List,
    /// Remove a user.
    Remove { name: String },
    /// Give a user another password; it is asked for, or read from standard input.
    Passwd { name: String },
}

#[derive(Debug, clap::Args)]
pub struct Add {
    /// Name to sign in with, such as an address of e-mail.
    name: String,
    /// What the user may do: see, also run, also change.
    #[arg(long, value_enum, default_value_t = Role::Viewer)]
    role: Role,
    /// Give a user who is there already this password and role.
    #[arg(long)]
    replace: bool,
}

pub async fn run(command: Command, settings: &Settings, output: Output) -> Result<()> {
    match command {
        Command::Add(arguments) => add(arguments, settings, output).await,
        Command::List => list(settings, output).await,
        Command::Remove { name } => {
            user::remove(&db::connect(settings).await?, &name).await?;
            told(output, &name, format!("Success: User '{name}' is removed"))
        }
        Command::Passwd { name } => {
            let hash = user::hash(&ask(&name)?)?;
            user::set_password(&db::connect(settings).await?, &name, &hash).await?;
            told(output, &name, format!("Success: User '{name}' has a new password"))
        }
    }
}

fn told(output: Output, name: &str, text: String) -> Result<()> {
    output.message(&text, json!({ "message": text, "user": name }));
    Ok(())
}

async fn list(settings: &Settings, output: Output) -> Result<()> {
    let client = db::connect(settings).await?;
    let rows = client
        .ask(
            "select user_name as user, role::text as role, active_flg::text as active, created_at::text as created,
                    created_by as by, password_changed_at::text as password_changed
             from dfa.user_account order by user_name",
            &[],
        )
        .await?;
    output.rows(&records(&rows)?, "no users");
    Ok(())
}

async fn add(arguments: Add, settings: &Settings, output: Output) -> Result<()> {
    let password = ask(&arguments.name)?;
    let hash = user::hash(&password)?;
    let client = db::connect(settings).await?;
    let new = user::add(&client, &arguments.name, &hash, arguments.role, arguments.replace).await?;
    let (name, role) = (&arguments.name, arguments.role.as_str());
    let text = match new {
        true => format!("Success: User '{name}' is added as {role}"),
        false => format!("Success: User '{name}' has a new password and is {role}"),
    };
    output.message(&text, json!({ "message": text, "user": name, "role": role, "new": new }));
    Ok(())
}

/// At a terminal twice, without echo; else the first line of standard input.
fn ask(name: &str) -> Result<String> {
    let password = if std::io::stdin().is_terminal() {
        let ask = |prompt: String| {
            rpassword::prompt_password(prompt)
                .map_err(|error| Failure::usage(format!("the password cannot be read: {error}")))
        };
        let first = ask(format!("Password of '{name}': "))?;
        if first != ask("The same again: ".to_owned())? {
            return Err(Failure::usage("the two passwords differ"));
        }
        first
    } else {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    user::check(&password)?;
    Ok(password)
}
