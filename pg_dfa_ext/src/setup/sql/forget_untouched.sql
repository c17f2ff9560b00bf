-- Takes the tracking rows away that loading catalogs wrote and nothing has changed since, so that the first rows of the set's
-- own catalog of this table find it as its writer does: without them. They come back by being registered again.
delete from dfa.task_schedule
where kind in ('pipeline', 'source') and tracking = 'SUCCESS' and update_date = 'epoch' and active_flg = 'Y'
  and process_id is null and failures = 0 and kept_slot is null
