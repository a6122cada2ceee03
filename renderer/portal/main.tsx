// The portal: what teammates see at the gateway's address.
import '../kit/styles/kit.css'
import './shell/shell.css'
import { startApp } from '../frame/start-app.tsx'
import { PortalApp } from './shell/portal-app.tsx'

void startApp({
  catalogues: import.meta.glob<Record<string, string>>(
    [
      '../kit/words.*.json',
      '../api-keys/words.*.json',
      '../limits-form/words.*.json',
      '../words/errors/words.*.json',
      './shell/words.*.json',
      './plan/words.*.json',
      '../spend/words.*.json',
      '../policy/words.*.json',
      '../receipt/words.*.json',
      '../usage-rows/words.*.json',
      '../trust/words.*.json',
      './features/*/words.*.json',
    ],
    { import: 'default' },
  ),
  render: (words) => <PortalApp words={words} />,
})
