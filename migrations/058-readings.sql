-- One reading is a row for each party that it concerns: a regulator's page finds the others of a reading by it.
create index person_access_reading on person_access (reading_id, access_id);
