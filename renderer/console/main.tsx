// The console: where the operator sees and steers everything, at /admin and in the desktop window.
import '../kit/styles/kit.css'
import './shell/shell.css'
import { startApp } from '../frame/start-app.tsx'
import { UnsavedGuard } from '../frame/unsaved.tsx'
import { ConsoleApp } from './shell/console-app.tsx'

void startApp({
  catalogues: import.meta.glob<Record<string, string>>(
    [
      '../kit/words.*.json',
      '../api-keys/words.*.json',
      '../limits-form/words.*.json',
      '../words/*/words.*.json',
      '../policy/words.*.json',
      '../receipt/words.*.json',
      '../spend/words.*.json',
      '../usage-rows/words.*.json',
      '../trust/words.*.json',
      './*/words.*.json',
      './features/*/words.*.json',
    ],
    { import: 'default' },
  ),
  render: (words) => (
    <UnsavedGuard>
      <ConsoleApp words={words} />
    </UnsavedGuard>
  ),
})
