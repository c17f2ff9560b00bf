//! Which types there are.

/// The types of every PostgreSQL, by the names that stand for one in a statement.
const OF_POSTGRES: &str = "
    bool boolean bytea char name int8 int2 int2vector int4 regproc text oid tid xid xid8 cid oidvector json jsonb jsonpath xml
    point lseg path box polygon line circle float4 float8 money macaddr macaddr8 inet cidr bpchar varchar date time timestamp
    timestamptz timetz interval bit varbit numeric decimal refcursor regprocedure regoper regoperator regclass regcollation
    regtype regrole regnamespace regconfig regdictionary uuid pg_lsn tsvector tsquery txid_snapshot pg_snapshot
    int4range numrange tsrange tstzrange daterange int8range int4multirange nummultirange tsmultirange tstzmultirange
    datemultirange int8multirange integer int smallint bigint real float serial serial2 serial4 serial8 smallserial bigserial";

/// Types of extensions that people are likely to have.
const OF_EXTENSIONS: &str = "
    citext hstore ltree lquery ltxtquery cube seg isbn isbn13 issn issn13 ismn ismn13 ean13 upc earth
    geometry geography raster box2d box3d topogeometry vector halfvec sparsevec hll roaringbitmap tdigest topn semver ip4 ip4r
    ip6 ip6r ipaddress iprange lo query_int mpq mpz pg_uuid ulid periods period";

pub fn names() -> impl Iterator<Item = &'static str> {
    OF_POSTGRES.split_whitespace()
}

pub fn is_known(name: &str) -> bool {
    // An underscore before a name is how Postgres calls the type of its arrays.
    let name = name.strip_prefix('_').unwrap_or(name);
    names().chain(OF_EXTENSIONS.split_whitespace()).any(|known| known == name)
}

/// The types and domains that a text makes, also where it does so in a body or by EXECUTE: words are enough to know of one.
pub fn created(text: &str) -> Vec<String> {
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.' | '"' | '$');
    let words: Vec<&str> =
        text.split(|letter: char| !is_part(letter)).filter(|word| !word.is_empty()).collect();
    let mut found = Vec::new();
    for (place, pair) in words.windows(2).enumerate() {
        let makes = pair[0].eq_ignore_ascii_case("create")
            && (pair[1].eq_ignore_ascii_case("type") || pair[1].eq_ignore_ascii_case("domain"));
        if !makes {
            continue;
        }
        // `{schema}.name` is two words.
        let after = words.get(place + 3).filter(|word| word.starts_with('.'));
        let name = after.or(words.get(place + 2)).and_then(|name| name.rsplit('.').next());
        found.extend(name.map(|name| match name.strip_prefix('"') {
            Some(quoted) => quoted.trim_end_matches('"').to_owned(),
            None => name.to_ascii_lowercase(),
        }));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_that_a_text_makes_are_found_wherever_it_makes_them() {
        let text = "do $$ begin CREATE TYPE {ai_schema_name}.Mood as enum ('a');
            execute 'create domain public.\"Net\" as numeric'; create type plain as (a int); end $$";
        assert_eq!(created(text), ["mood", "Net", "plain"]);
        assert!(created("create table type (a int)").is_empty());
    }
}
