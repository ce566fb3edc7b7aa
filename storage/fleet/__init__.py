"""What a province keeps beside its centres' own tables, in the schema ``fleet`` of the same PostgreSQL database."""
