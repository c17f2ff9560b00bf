//! People who sign in: kept by the database with a hash of their password, which is made here and never sent.

use crate::db::{Ask, Client, Columns};
use crate::failure::{Failure, Result};
use argon2::{Argon2, PasswordHasher};

/// What can be guessed is no password.
const SHORTEST: usize = 8;
/// Hashing takes longer for longer texts; nobody types this much.
const LONGEST: usize = 1024;

/// What a user may do, each more than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    Viewer,
    Operator,
    Admin,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Viewer => "viewer",
            Role::Operator => "operator",
            Role::Admin => "admin",
        }
    }
}

/// # Errors
/// A password that is too short or too long.
pub fn check(password: &str) -> Result<()> {
    match password.chars().count() {
        SHORTEST..=LONGEST => Ok(()),
        length if length < SHORTEST => {
            Err(Failure::usage(format!("a password has at least {SHORTEST} characters")))
        }
        _ => Err(Failure::usage(format!("a password has at most {LONGEST} characters"))),
    }
}

/// The argon2id hash of a password, with a salt of its own.
pub fn hash(password: &str) -> Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string())
        .map_err(|error| Failure::work(format!("the password cannot be hashed: {error}")))
}

/// Adds a user, or with `replace` gives one who is there another password and role; true if the user is new.
pub async fn add(client: &Client, name: &str, hash: &str, role: Role, replace: bool) -> Result<bool> {
    let row = client
        .ask_one(
            "select dfa.add_user($1, $2, $3::text::dfa.user_role, $4) as is_new",
            &[&name, &hash, &role.as_str(), &replace],
        )
        .await?;
    Ok(row.value("is_new")?)
}

/// Gives a user another password; the role stays.
pub async fn set_password(client: &Client, name: &str, hash: &str) -> Result<()> {
    client.ask("select dfa.set_password($1, $2)", &[&name, &hash]).await?;
    Ok(())
}

pub async fn remove(client: &Client, name: &str) -> Result<()> {
    client.ask("select dfa.remove_user($1)", &[&name]).await?;
    Ok(())
}

/// Makes user `admin` if nobody is there yet, and returns the password, which nothing else knows.
pub async fn first_admin(client: &Client) -> Result<Option<String>> {
    if client.ask_opt("select from dfa.user_account limit 1", &[]).await?.is_some() {
        return Ok(None);
    }
    let mut bytes = [0_u8; 15];
    getrandom::fill(&mut bytes).map_err(|error| Failure::work(format!("there is no randomness: {error}")))?;
    let password: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    add(client, "admin", &hash(&password)?, Role::Admin, false).await?;
    Ok(Some(password))
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::password_hash::phc::PasswordHash;
    use argon2::PasswordVerifier;

    #[test]
    fn a_hash_proves_its_password_and_no_other_and_never_looks_alike() {
        let (first, second) = (hash("correct horse").unwrap(), hash("correct horse").unwrap());
        assert!(first.starts_with("$argon2id$") && first != second);
        let known = PasswordHash::new(&first).unwrap();
        assert!(Argon2::default().verify_password(b"correct horse", &known).is_ok());
        assert!(Argon2::default().verify_password(b"correct horsf", &known).is_err());
    }

    #[test]
    fn a_short_and_an_endless_password_are_refused() {
        assert!(check("1234567").is_err() && check(&"x".repeat(1025)).is_err());
        assert!(check("ärgerlich").is_ok());
    }
}
