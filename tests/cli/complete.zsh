# Types into an interactive zsh, presses Tab, and looks at what the line becomes. Called by test_manual.sh.
# Arguments: the folder of _pvt, the program, a plug-in, its kernel. 77: there is no terminal to type into.
zmodload zsh/zpty
folder=$1 program=$2 plugin=$3 kernel=$4 failed=0

# typed KEYS: what the line is after the keys and Tab; ^X prints it between marks.
typed() {
  local seen
  zpty -n -w shell "$1"$'\t\x18'
  zpty -r -m shell seen "*<<<*>>>*" || print "nothing came back" >&2
  print -r -- "${${seen##*<<<}%%>>>*}" # the shell echoes nothing else between such marks
}
wants() { # wants LINE KEYS
  local line=$(typed "$2")
  [[ $line == "$1" ]] || { print -r -- "FAILED: zsh made '$2' into '$line', not '$1'"; failed=1 }
}

zpty shell "TERM=dumb zsh -f -i" || exit 77 # no terminal to be had: /dev/pts is not mounted
zpty -w shell "PS1= PS2= RPS1=; unsetopt zle_bracketed_paste 2>/dev/null; stty -echo; LISTMAX=-1
fpath=(${(q)folder} \$fpath); autoload -Uz compinit; compinit -D -u; compdef _pvt ${(q)program:t}
path=(${(q)program:h} \$path); zstyle ':completion:*' list-prompt ''; setopt no_beep no_list_beep no_auto_list
show() { print -rn -- '<''<<'\"\$BUFFER\"'>''>>'; BUFFER=; }; zle -N show; bindkey '^X' show; bindkey '^I' expand-or-complete; print rea''dy"
zpty -r -m shell seen "*ready*"

# A list may go on: its comma goes away when a blank is typed.
wants "pvt report " "pvt rep"
wants "pvt run --runner seq," "pvt run --runner se"
wants "pvt run --runner seq,fork-pool," "pvt run --runner seq,fork-p"
wants "pvt run --kernel=wordcount," "pvt run --kernel=word"
wants "pvt run --placement scatter " "pvt run --placement sca"
wants "pvt list columns " "pvt list col"
wants "pvt place --topology=" "pvt place --top"
wants "pvt run --plugin $plugin --kernel $kernel," "pvt run --plugin $plugin --kernel ${kernel%?}"
zpty -d shell
exit $failed
