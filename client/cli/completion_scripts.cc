// SPDX-License-Identifier: Apache-2.0
#include "client/cli/completion_scripts.h"

namespace souk::cli {

const std::string_view kBashCompletion = R"sh(_souk() {
  local IFS=$'\n' rest="${COMP_LINE:0:COMP_POINT}" words=() count=0 i part text line
  # The words as the shell will read them: what no blank divides is one.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    part="${COMP_WORDS[i]}"
    text="${rest#"${rest%%[![:space:]]*}"}"
    ((i == COMP_CWORD)) && part="$text"
    if ((count > 0)) && [[ "$text" == "$rest" ]]; then
      words[count-1]+="$part"
    else
      words[count++]="$part"
    fi
    rest="${text#"$part"}"
  done
  local current="${words[count-1]}" quote='' kept='' file
  case "$current" in
    [\"\']*) quote="${current:0:1}" current="${current:1}" ;;
    *)
      current="${current//\\/}"
      kept="${current%"${current##*[${COMP_WORDBREAKS//[[:space:]\"\']/}]}"}"
      # Readline divides words before an @, and behind the others.
      kept="${kept%@}"
      ;;
  esac
  file="$current"
  [[ "$file" == --*=* ]] && file="${file#*=}"
  COMPREPLY=()
  for line in $(souk __complete -- "${words[@]:1:count-2}" "$current" 2>/dev/null); do
    case "$line" in
      :files | :dirs)
        compopt -o filenames 2>/dev/null
        for part in $(compgen -"${line:1:1}" -- "$file"); do
          part="${current%"$file"}$part"
          COMPREPLY+=("${part#"$kept"}")
        done
        ;;
      *)
        line="${line%%$'\t'*}"
        line="${line#"$kept"}"
        [[ -n "$quote" ]] || printf -v line '%q' "$line"
        COMPREPLY+=("$line")
        ;;
    esac
  done
  [[ "${COMPREPLY[*]}" == */ ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -F _souk souk
)sh";

const std::string_view kZshCompletion = R"sh(#compdef souk
_souk() {
  local -a candidates
  local line
  for line in ${(f)"$(souk __complete -- "${words[@]:1:CURRENT-2}" "${words[CURRENT]}" 2>/dev/null)"}; do
    case "$line" in
      (:files) _files ;;
      (:dirs) _files -/ ;;
      (*) candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
    esac
  done
  (( ${#candidates} )) && _describe souk candidates
}
compdef _souk souk
)sh";

const std::string_view kFishCompletion = R"sh(function __souk_complete
  set -l words (commandline -opc) (commandline -ct)
  for line in (souk __complete -- $words[2..-1] 2>/dev/null)
    switch $line
      case :files
        __fish_complete_path (commandline -ct)
      case :dirs
        __fish_complete_directories (commandline -ct)
      case '*'
        echo $line
    end
  end
end
complete -c souk -f -a '(__souk_complete)'
)sh";

}  // namespace souk::cli
