/** Tags as people list them: parted by commas, each once. */
export function tagsOfText(text: string): readonly string[] {
  const tags = text.normalize('NFC').split(/[,、，]/)
  return [...new Set(tags.map((tag) => tag.trim()).filter((tag) => tag !== ''))]
}
