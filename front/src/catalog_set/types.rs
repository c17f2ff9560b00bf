//! The types that every PostgreSQL has.

/// Names that stand for a type by themselves; keywords such as `integer` the parser knows as types of `pg_catalog`.
const NAMES: &str = "
    bool boolean bytea char name int8 int2 int2vector int4 regproc text oid tid xid xid8 cid oidvector json jsonb jsonpath xml
    point lseg path box polygon line circle float4 float8 money macaddr macaddr8 inet cidr bpchar varchar date time timestamp
    timestamptz timetz interval bit varbit numeric decimal refcursor regprocedure regoper regoperator regclass regcollation
    regtype regrole regnamespace regconfig regdictionary uuid pg_lsn tsvector gtsvector tsquery txid_snapshot pg_snapshot
    int4range numrange tsrange tstzrange daterange int8range int4multirange nummultirange tsmultirange tstzmultirange
    datemultirange int8multirange integer int smallint bigint real float serial serial2 serial4 serial8 smallserial bigserial";

/// Types of extensions and standards that people are likely to have.
const LIKELY: &str =
    "citext hstore ltree lquery cube seg geometry geography raster vector halfvec sparsevec bit_vector";

pub fn names() -> impl Iterator<Item = &'static str> {
    NAMES.split_whitespace()
}

pub fn is_known(name: &str) -> bool {
    names().chain(LIKELY.split_whitespace()).any(|known| known == name)
}
