// The one script of these pages: it makes the copy buttons appear and work. Without it everything can still be read,
// and a click on an address selects it whole.

/** A page on plain HTTP in a local network has no navigator.clipboard, hence the selection. */
export const COPY_SCRIPT = `'use strict'
document.documentElement.classList.add('scripted')
function copySelected(text) {
  const area = document.createElement('textarea')
  area.value = text
  area.setAttribute('readonly', '')
  area.style.position = 'fixed'
  area.style.opacity = '0'
  document.body.append(area)
  area.select()
  const isCopied = document.execCommand('copy')
  area.remove()
  return isCopied
}
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copySelected(text)
  }
}
document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]')
  if (!button) return
  const source = document.getElementById(button.dataset.copy)
  if (!(await copy(source.textContent))) return
  button.classList.add('copied')
  document.getElementById('said').textContent = button.dataset.said
  setTimeout(() => {
    button.classList.remove('copied')
    document.getElementById('said').textContent = ''
  }, 2000)
})
`
