/** How many characters of texts a function remembers: the lists of tens of thousands of memberships, old and new. */
const CHARACTERS = 4 * 1024 * 1024;

/**
 * A function of texts that remembers what it gave: `check`, `diff` and `update` of one run read the same long lists
 * over and over. What it gives is shared by all who ask, and so never changed. A failure is not remembered.
 *
 * @example
 * const decode = remembered(decodeLines);
 * decode(text) === decode(text) // true
 */
export function remembered<T>(make: (text: string) => T, characters = CHARACTERS): (text: string) => T {
  const known = new Map<string, T>();
  let size = 0;
  return (text) => {
    if (known.has(text)) return known.get(text) as T;
    const made = make(text);
    // Old texts are forgotten all at once: a run needs either all of its lists or none.
    if (size + text.length > characters) {
      known.clear();
      size = 0;
    }
    if (text.length <= characters) {
      known.set(text, made);
      size += text.length;
    }
    return made;
  };
}
