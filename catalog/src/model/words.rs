//! Values that a catalog, or a row of the database, says by a word: each is spelled in one place.

/// The words for a value's cases, that of each first which messages and tables use.
pub type Words<T> = &'static [(&'static str, T)];

/// The word for a value.
pub fn spelling<T: PartialEq>(words: Words<T>, value: T) -> &'static str {
    words.iter().find(|(_, known)| *known == value).map_or("", |(word, _)| word)
}
