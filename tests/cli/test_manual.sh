#!/usr/bin/env bash
# The manual pages and the completions keep up with the program: each has every command and every option; groff and mandoc
# find nothing wrong with the pages; both completions offer what the program lists, kernels of a plug-in too.
# Arguments: the program, the source folder, a plug-in, its kernel.
set -u
pvt=$1 src=$2 plugin=$3 plugin_kernel=$4
failed=0 skipped=0
fail() { echo "FAILED: $*"; failed=1; }
skip() { echo "SKIPPED: $*"; skipped=1; }
cd "$src" || exit 2

# --- every command and option is told of
options_of() { "$pvt" list options "$1" | cut -f1; }
page_has_option() { grep -qE "(^\.It|^\.Op|^|^\.) ?Fl -$2( |\$)" "$1"; }
commands=$("$pvt" list commands | cut -f1)
[ "$(wc -w <<<"$commands")" -ge 6 ] && [ "$(options_of run | wc -l)" -ge 29 ] || fail "the tables were not found: $commands $(options_of run)"
for c in $commands; do
  grep -q "^\.It Cm $c\$" docs/man/pvt.1 || fail "pvt.1 lacks the command $c"
  [ "$c" = help ] || [ -f "docs/man/pvt-$c.1" ] || fail "there is no pvt-$c.1"
  [ "$c" = list ] && continue # its options are those of run
  for o in $(options_of "$c"); do
    page_has_option "docs/man/pvt-$c.1" "$o" || fail "pvt-$c.1 lacks --$o"
  done
  for o in $(grep -ohE '^\.It Fl -[a-z][a-z_-]*' "docs/man/pvt-$c.1" 2>/dev/null | sed 's/.*Fl -//' | sort -u); do
    [ "$o" = benchmark_ ] || [ "$o" = benchmark_out ] || options_of "$c" | grep -qx -- "$o" ||
      fail "pvt-$c.1 has --$o, which the program has not"
  done
done

# --- the pages are well-formed
for page in docs/man/*; do
  if command -v groff >/dev/null; then
    found=$(groff -mandoc -Tutf8 -ww -z "$page" 2>&1); [ -z "$found" ] || fail "$found"
  fi
  if command -v mandoc >/dev/null; then
    found=$(mandoc -T lint -W warning "$page" 2>&1) || fail "$found"
  fi
  for other in $(sed -n 's/^\.Xr \(pvt[a-z-]*\) \([0-9]\).*/\1.\2/p' "$page"); do
    [ -f "docs/man/$other" ] || fail "$page refers to $other, which is not there"
  done
done
command -v groff >/dev/null || skip "there is no groff"
command -v mandoc >/dev/null || skip "there is no mandoc"

# --- bash: complete WORD…, the last one at the cursor
. completion/pvt.bash
complete_bash() { COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _pvt 2>/dev/null; printf '%s\n' "${COMPREPLY[@]}"; }
offers() { # offers WANTED… -- WORD…: exactly these, in any order
  local wanted=()
  while [ "$1" != -- ]; do wanted+=("$1"); shift; done
  shift
  got=$(complete_bash "$@" | sort)
  [ "$got" = "$(printf '%s\n' "${wanted[@]}" | sort)" ] || fail "bash, '$*': ${wanted[*]} was wanted, not" $got
}
offers run report -- "$pvt" r
offers --margin --margins --metric -- "$pvt" compare --m
offers --base --base-command --budget -- "$pvt" gate --b
offers junit json -- "$pvt" compare --format j
offers json -- "$pvt" trend --format j
offers --metric --margin -- "$pvt" trend --m
offers --task --tasks --traffic -- "$pvt" advise --t
offers text json -- "$pvt" advise --format ""
offers compact scatter smt single none -- "$pvt" run --placement ""
offers fork fork-pool fork-steal forkserver -- "$pvt" run --runner fork
offers seq,pthread seq,pthread-pool seq,pthread-steal -- "$pvt" run --runner seq,pth
offers --html --verbose --json --out --plot -- "$pvt" report --
offers scaling -- "$pvt" run --suite scali
offers matmul -- "$pvt" run --kernel = mat
offers cube,matmul -- "$pvt" list cases --kernel cube,mat
offers --precision --placement --plugin --pages --python -- "$pvt" run --quick --p
offers kernels -- "$pvt" list k
offers commands columns -- "$pvt" list co
offers --topology -- "$pvt" place --workers 4 --t
offers "$plugin_kernel" -- "$pvt" run --plugin "$plugin" --kernel "${plugin_kernel%?}"
offers "$plugin_kernel" -- "$pvt" run --plugin = "$plugin" --kernel = "${plugin_kernel%?}"
offers "" -- "$pvt" run --kernel "${plugin_kernel%?}"
offers "" -- "$pvt" run --seed ""
[ "$(complete -p pvt)" = "complete -F _pvt pvt" ] || fail "completion/pvt.bash does not bind pvt"
kernels=$("$pvt" list kernels --json | grep -c '"name"')
[ "$(complete_bash "$pvt" run --kernel "" | wc -l)" -eq "$kernels" ] || fail "bash does not offer all $kernels kernels"

# --- zsh: the keys as they are typed, in a terminal of its own
if command -v zsh >/dev/null; then
  zsh -f tests/cli/complete.zsh "$src/completion" "$pvt" "$plugin" "$plugin_kernel"
  case $? in
    0) ;;
    77) skip "no terminal for zsh" ;;
    *) fail "zsh" ;;
  esac
else
  skip "there is no zsh"
fi
[ $failed -eq 0 ] && [ $skipped -eq 1 ] && exit 77
exit $failed
