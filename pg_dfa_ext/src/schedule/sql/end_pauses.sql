-- Takes the pauses away that have ended by themselves, and returns their kinds; one that somebody is changing is left.
delete from dfa.paused
where (kind, name) in (select kind, name from dfa.paused where until <= clock_timestamp() for update skip locked)
returning kind
