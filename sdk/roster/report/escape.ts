/** Text within HTML and SVG, and within quoted attributes. What would turn text around is shown instead. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;")
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}
