// Preloaded: writes which of Node's own modules the program loaded to the file that LOADED names.
process.on('exit', () => require('node:fs').writeFileSync(process.env.LOADED, process.moduleLoadList.join('\n')))
