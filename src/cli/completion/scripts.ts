import type { Shell } from './shells.ts'

// Each asks `deploy complete -- words…`, whose last word is the one under the cursor. A line `:files` means a path.

/** `=` and `:` break words in bash, so they are put together again, and what stands before them is cut off again. */
const bash = String.raw`# bash completion for deploy. In ~/.bashrc: source <(deploy completion bash)
_deploy() {
  local line=\${COMP_LINE:0:COMP_POINT} words=() rest i word
  rest=$line
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if ((i == COMP_CWORD)) && [[ $rest != *"$word" || -z $word ]]; then word=\${rest##*[[:space:]=:]}; fi
    if ((i > 0)) && [[ $rest != [[:space:]]* ]]; then
      words[\${#words[@]}-1]+=$word
    else
      rest=\${rest#"\${rest%%[![:space:]]*}"}
      words+=("$word")
    fi
    rest=\${rest#"$word"}
  done
  local current=\${words[\${#words[@]}-1]} cut=
  [[ $current == *[=:]* ]] && cut=\${current%"\${current##*[=:]}"}
  COMPREPLY=()
  local value about
  while IFS=$'\t' read -r value about; do
    if [[ $value == :files ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "\${current#"$cut"}")
      return
    fi
    COMPREPLY+=("\${value#"$cut"}")
    [[ $value == *= ]] && compopt -o nospace 2>/dev/null
  done < <(deploy complete -- "\${words[@]:1}" 2>/dev/null)
}
complete -F _deploy deploy
`.replaceAll('\\$', '$')

const zsh = String.raw`#compdef deploy
# zsh completion for deploy. In ~/.zshrc, after compinit: source <(deploy completion zsh)
_deploy() {
  local line value about
  local -a plain open
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      [[ $PREFIX == --*=* ]] && compset -P '*='
      _files
      return
    fi
    value=\${line%%$'\t'*}
    about=\${line#*$'\t'}
    [[ $about == $line ]] && about=
    value=\${value//:/\\:}
    if [[ $value == *= ]]; then open+=("$value\${about:+:$about}"); else plain+=("$value\${about:+:$about}"); fi
  done < <(deploy complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (($#plain)) && _describe -V deploy plain
  (($#open)) && _describe -V deploy open -S ''
}
compdef _deploy deploy
`.replaceAll('\\$', '$')

const fish = String.raw`# fish completion for deploy. In ~/.config/fish/config.fish: deploy completion fish | source
function __deploy_complete
  set -l current (commandline -ct)
  set -l words (commandline -opc)
  set -l found (deploy complete -- $words[2..] "$current" 2>/dev/null)
  if test "$found" = ':files'
    set -l before (string match -r '^--[^=]*=' -- "$current")
    for path in (__fish_complete_path (string replace -r '^--[^=]*=' '' -- "$current"))
      echo "$before$path"
    end
  else
    string join \n -- $found
  end
end
complete -c deploy -f -a '(__deploy_complete)'
`

export const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish }
