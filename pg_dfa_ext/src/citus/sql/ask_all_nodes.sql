-- What each machine of the cluster says to command $1.
select nodeid, success, result from run_command_on_all_nodes($1);
