/** The characters that lots and serials may hold: GS1 set 82 (General Specifications figure 7.11-1). */

const foreign = /[^!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]/u;

/** Why `value` is not 1..`lengthMax` characters of set 82, or null when it is. */
export function textProblem(name: string, value: string, lengthMax: number): string | null {
  if (value === '') return `${name} is empty: it should have 1 to ${lengthMax} characters`;
  if (value.length > lengthMax) {
    return `${name} ${value}: ${value.length} characters, at most ${lengthMax} are allowed`;
  }
  const found = foreign.exec(value);
  if (!found) return null;
  const shown = found[0] === ' ' ? 'a space' : JSON.stringify(found[0]);
  return `${name} ${value}: ${shown} is not in the GS1 character set 82`;
}
