/** Which build of the pages this is; put in by renderer/build-config.ts. */
declare const __BUILD_ID__: string
