"""The warehouse from outside: dbt as a process and as its plugin, what runs left, what controls allow."""
