/** What Pulumi's provider process is about to print. */
const lines = new Set<unknown>();
let waiting = false;

/**
 * Keeps an error from being shown twice. Of an error of `check`, `diff`, `read` and `delete` Pulumi's provider process
 * prints one line with its stack before it hands it to the engine (`cmd/dynamic-provider/index.js` of
 * `@pulumi/pulumi`), and the engine shows both: that line, under the stack's own name, and the error, at the resource,
 * with what to do. It is printed before anything else can run, so only until then is anything held back.
 */
export function leaveToEngine(error: Error): void {
  lines.add(`${String(error)}: ${String(error.stack)}`);
  if (waiting) return;
  waiting = true;
  const print = console.error;
  console.error = (...words: unknown[]) => {
    if (words.length !== 1 || !lines.has(words[0])) print.apply(console, words);
  };
  setImmediate(() => {
    console.error = print;
    lines.clear();
    waiting = false;
  });
}
