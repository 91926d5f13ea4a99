/** A picture of a database's schema by catalogue queries: readable, in a fixed order, the same on every PostgreSQL from 15 on. */
import type { Pool } from 'pg';

const columns = `
select c.relname as table_name,
  '  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
    || case when a.attnotnull then ' not null' else '' end
    || case a.attidentity when '' then '' else ' identity' end
    || case when d.adbin is null then '' else case a.attgenerated when '' then ' default ' else ' generated ' end
         || pg_get_expr(d.adbin, d.adrelid) end as line
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname not like 'mikro_orm%'
order by c.relname, a.attnum`;

// contype n: PostgreSQL 18 keeps not-null as constraints, 15 does not; the column says it already
const constraints = `
select c.relname as table_name, '  constraint ' || o.conname || ' ' || pg_get_constraintdef(o.oid) as line
from pg_constraint o join pg_class c on c.oid = o.conrelid
where c.relnamespace = 'public'::regnamespace and o.contype <> 'n' and c.relname not like 'mikro_orm%'
order by c.relname, o.conname`;

const indexes = `
select c.relname as table_name, '  ' || pg_get_indexdef(i.indexrelid) as line
from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
where c.relnamespace = 'public'::regnamespace and c.relname not like 'mikro_orm%'
order by c.relname, x.relname`;

const policies = `
select p.tablename as table_name,
  '  policy ' || p.policyname || ' for ' || lower(p.cmd) || ' to ' || array_to_string(p.roles, ', ')
    || coalesce(' using ' || p.qual, '') || coalesce(' with check ' || p.with_check, '') as line
from pg_policies p where p.schemaname = 'public' order by p.tablename, p.policyname`;

const security = `
select c.relname as table_name, '  row security'
  || case when c.relrowsecurity then ' on' else ' off' end || case when c.relforcerowsecurity then ', forced' else '' end as line
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname not like 'mikro_orm%'
order by c.relname`;

const grants = `
select g.table_name, '  grant ' || string_agg(lower(g.privilege_type), ', ' order by g.privilege_type) || ' to ' || g.grantee as line
from information_schema.role_table_grants g
where g.table_schema = 'public' and g.table_name not like 'mikro_orm%' and g.grantee like any (array['tw\\_%', 'tracewright\\_%'])
  and g.privilege_type <> 'MAINTAIN' -- new in PostgreSQL 17
group by g.table_name, g.grantee order by g.table_name, g.grantee`;

const functions = `
select 'function ' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ') returns ' || pg_get_function_result(p.oid)
  || case when p.prosecdef then ' security definer' else '' end || ' ' || md5(p.prosrc) as line
from pg_proc p where p.pronamespace = 'public'::regnamespace order by p.proname, p.oid`;

const triggers = `
select 'trigger ' || t.tgname || ' on ' || c.relname as line
from pg_trigger t join pg_class c on c.oid = t.tgrelid
where not t.tgisinternal and c.relnamespace = 'public'::regnamespace order by c.relname, t.tgname`;

/** The picture as text: a paragraph a table, then functions and triggers. */
export async function databasePicture(pool: Pool): Promise<string> {
  const tables = new Map<string, string[]>();
  for (const query of [columns, constraints, indexes, security, policies, grants]) {
    const { rows } = await pool.query<{ table_name: string; line: string }>(query);
    for (const { table_name: table, line } of rows) tables.set(table, [...(tables.get(table) ?? []), line]);
  }
  const paragraphs = [...tables]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, lines]) => [`table ${name}`, ...lines].join('\n'));
  for (const query of [functions, triggers]) {
    const { rows } = await pool.query<{ line: string }>(query);
    if (rows.length > 0) paragraphs.push(rows.map(({ line }) => line).join('\n'));
  }
  return `${paragraphs.join('\n\n')}\n`;
}
