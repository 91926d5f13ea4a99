/** Percent-encoding as GS1 prints it: everything outside RFC 3986's unreserved characters. */
export const encodeURIComponent82 = (value: string): string =>
  encodeURIComponent(value).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** The text behind the escapes, or null when they are broken. */
export function decodePercent(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
