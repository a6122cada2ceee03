// The specimen: every part of the kit on one page, so that people and tests can look at it. Never served by the gateway; its
// sentences are examples and stand in no catalogue.
import '../kit/styles/kit.css'
import './specimen.css'
import { startApp } from '../frame/start-app.tsx'
import { Specimen } from './specimen.tsx'

void startApp({
  catalogues: import.meta.glob<Record<string, string>>(
    ['../kit/words.*.json', '../words/errors/words.*.json', './shell/words.*.json'],
    { import: 'default' },
  ),
  render: () => <Specimen />,
})
