-- The distributed and the reference tables. Others of this table are of this node alone.
select logicalrelid::oid from pg_dist_partition where partmethod <> 'n' or repmodel = 't';
