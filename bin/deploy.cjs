#!/usr/bin/env node
// Old JavaScript on purpose, until it is known that this Node.js understands more: an old one gets a sentence, no riddle.
'use strict'
var need = [24, 11]
var have = process.versions.node.split('.').map(Number)
if (have[0] < need[0] || (have[0] === need[0] && have[1] < need[1])) {
  process.stderr.write(
    'error: deploy needs Node.js ' +
      need.join('.') +
      ' or newer; this is ' +
      process.version +
      ' (' +
      process.execPath +
      ')\n' +
      '  do      install a newer one, or put it first on PATH: https://nodejs.org/en/download\n' +
      '  code    node-too-old, exit 78\n'
  )
  process.exitCode = 78
} else {
  keepCompiled()
  require('../dist/main.cjs')
}

// Compiled code is kept in a folder of the user's own: nobody else may put code there. The default of Node.js is a folder
// in /tmp whose name everybody knows. Whatever goes wrong here costs only time.
function keepCompiled() {
  var env = process.env
  var home = env.XDG_CACHE_HOME || (env.HOME && env.HOME + '/.cache')
  if (!home || home[0] !== '/' || env.NODE_COMPILE_CACHE || env.NODE_DISABLE_COMPILE_CACHE) return
  var fs = require('fs')
  var folder = home + '/deploy/v8'
  try {
    // One level after the other: `recursive` never returns below /proc.
    ;[home, home + '/deploy', folder].forEach(function (each) {
      if (!fs.existsSync(each)) fs.mkdirSync(each, { mode: 448 })
    })
    var found = fs.statSync(folder)
    if (process.getuid && found.uid !== process.getuid()) return
    if (found.mode & 63) fs.chmodSync(folder, 448)
    require('module').enableCompileCache(folder)
  } catch (error) {
    return
  }
}
