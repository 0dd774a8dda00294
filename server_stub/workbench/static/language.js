// The sentences that scripts say, translated by the server into this page.

const meta = document.querySelector('meta[name="deskbell-sentences"]');
const sentences = meta ? JSON.parse(meta.content) : {};

export const language = document.documentElement.lang;

export function tr(sentence, values = {}) {
  const template = sentences[sentence] ?? sentence;
  return template.replace(/\{(\w+)\}/g, (field, name) => (name in values ? String(values[name]) : field));
}
