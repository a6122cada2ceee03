// Before the first paint: the chosen theme and language, so that nothing flashes. renderer/state/appearance.ts keeps them.
;(() => {
  const root = document.documentElement
  const read = (name) => {
    try {
      return localStorage.getItem(name)
    } catch {
      // Storage is forbidden: the system's preference holds.
      return null
    }
  }
  const theme = read('codex-gateway.theme')
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme
  const language = read('codex-gateway.language')
  const preferred = navigator.languages.find((tag) => /^(zh|en)\b/i.test(tag)) ?? 'en'
  root.lang = language ?? (/^zh/i.test(preferred) ? 'zh-CN' : 'en')
})()
