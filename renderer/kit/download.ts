// Hands a text to the browser as a file. Made on the page, so that it also works where nothing may be fetched twice.

/** `mediaType` without its charset; the text goes out as UTF-8. */
export function downloadText(fileName: string, text: string, mediaType = 'text/plain'): void {
  const address = URL.createObjectURL(new Blob([text], { type: `${mediaType};charset=utf-8` }))
  const link = document.createElement('a')
  link.href = address
  link.download = fileName
  link.click()
  // The browser has taken the file over by the next turn.
  setTimeout(() => URL.revokeObjectURL(address), 0)
}
