// Makes one script for browsers of a module and what it imports: ENTRY OUT MODULES.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const [entry, out, root] = process.argv.slice(2)
const require = createRequire(pathToFileURL(`${root}/package.json`))
const { build } = await import(pathToFileURL(require.resolve('rolldown')))
await build({
  input: entry,
  platform: 'browser',
  resolve: { modules: [`${root}/node_modules`] },
  output: { file: out, format: 'iife' },
})
