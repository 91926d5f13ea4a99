/** JSON with sorted keys and without absent fields: equal content gives equal text, whoever wrote it. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) => {
    if (field === null || typeof field !== 'object' || Array.isArray(field)) return field;
    return Object.fromEntries(
      Object.entries(field)
        .filter(([, inner]) => inner !== null && inner !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  });
}
