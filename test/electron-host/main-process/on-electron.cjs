// Loaded into Electron's main process before the app: what a test may ask it. See ../on-electron.ts.
const electron = require('electron')
const { questionsOf, recordMainProcess } = require('./recorder.mjs')

globalThis.askMainProcess = questionsOf(electron, recordMainProcess(electron))
