-- A list of a scope may be taken as a workbook too.
alter table export drop constraint export_format_check;
alter table export add constraint export_format_check check (format in ('NDJSON','CSV','XLSX'));
