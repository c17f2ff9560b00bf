//! The secret of a session: 256 random bits, which the browser alone has.

use crate::http::Problem;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What the cookie holds.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// A system without randomness.
    pub fn new() -> Result<Self, Problem> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).map_err(|error| Problem::internal(&error.to_string()))?;
        Ok(Token(hex(&bytes)))
    }

    /// The text of a cookie, if it can be a token.
    pub fn read(text: &str) -> Option<Self> {
        let fits = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        fits.then(|| Token(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the database knows it by.
    pub fn hash(&self) -> String {
        hex(&Sha256::digest(self.0.as_bytes()))
    }

    /// What each form of this session sends back. Made of the token, so that it is nowhere kept, and tells nothing of it.
    pub fn form(&self) -> String {
        let mut digest = Sha256::new_with_prefix(b"form ");
        digest.update(self.0.as_bytes());
        hex(&digest.finalize())
    }

    /// Whether a form has come from a page of this session.
    pub fn proves(&self, form: &str) -> bool {
        self.form().as_bytes().ct_eq(form.as_bytes()).into()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_unlike_any_other_and_shows_in_neither_of_its_hashes() {
        let (first, second) = (Token::new().unwrap(), Token::new().unwrap());
        assert_ne!(first.as_str(), second.as_str());
        let all = [first.as_str().to_owned(), first.hash(), first.form()];
        assert!(all.iter().all(|text| text.len() == 64) && all[0] != all[1] && all[1] != all[2]);
        assert!(first.proves(&first.form()) && !first.proves(&second.form()) && !first.proves(""));
        assert!(Token::read(first.as_str()).is_some() && Token::read("x").is_none());
    }
}
