// Cut a text into its known words and what lies between them.

// `words` are those of /explain: places in code points, in which JavaScript does not count by itself.
// Words at one place, or without a place, add nothing to see: the first of them stands for it.
export function pieces(text, words) {
  const characters = Array.from(text);
  const largest = Math.max(...words.map((word) => Math.abs(word.contribution)), 1e-9);
  const cut = [];
  let done = 0;
  for (const word of [...words].sort((a, b) => a.start - b.start)) {
    if (word.start < done || word.end <= word.start) continue;
    if (word.start > done) cut.push({ text: characters.slice(done, word.start).join("") });
    cut.push({
      text: characters.slice(word.start, word.end).join(""),
      word: { ...word, share: Math.abs(word.contribution) / largest },
    });
    done = word.end;
  }
  if (done < characters.length) cut.push({ text: characters.slice(done).join("") });
  return cut;
}

// Put another word in the place of one, as it is written there: capitals stay where they were.
export function replaced(text, word, other) {
  const characters = Array.from(text);
  const before = characters.slice(word.start, word.end).join("");
  const isCapital = before !== before.toLowerCase() && other === other.toLowerCase();
  const written = isCapital ? other.charAt(0).toUpperCase() + other.slice(1) : other;
  return [...characters.slice(0, word.start), written, ...characters.slice(word.end)].join("");
}

// Neighbours that can stand in the place of a word: negated words are marked, and only among themselves.
export function candidates(word, neighbors) {
  const mark = "not_";
  if (!word.startsWith(mark)) return neighbors.filter((one) => !one.word.startsWith(mark));
  return neighbors
    .filter((one) => one.word.startsWith(mark))
    .map((one) => ({ ...one, word: one.word.slice(mark.length) }));
}

// Names by their numbers, the largest first. An object has names like "10" in its own order, before all others.
export const ranked = (numbers) => Object.entries(numbers).sort((a, b) => b[1] - a[1]);

// A name of a class as it is shown; somebody may have made a paragraph of it.
export function shortened(name, length = 60) {
  const characters = Array.from(String(name));
  return characters.length > length ? characters.slice(0, length - 1).join("") + "\u2026" : name;
}
