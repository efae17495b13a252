// Preloaded: writes which of Node's own modules and which files the program loaded to the file that LOADED names.
process.on('exit', () => {
  const files = Object.keys(require.cache)
  require('node:fs').writeFileSync(process.env.LOADED, JSON.stringify({ builtins: process.moduleLoadList, files }))
})
