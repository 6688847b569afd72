# zsh complete.zsh SCRIPT LINE: what the Tab key offers after LINE in a real, interactive zsh that has read SCRIPT; one word a line.
zmodload zsh/zpty || exit 2
script=$1 line=$2 found=$(mktemp)
zpty shell zsh -f -i
# Everything that would be offered goes through compadd; it tells the words to a file
# instead of the screen. With -O, -A or -D it fills arrays and offers nothing.
zpty -w shell "
PS1= PS2= RPS1=
autoload -Uz compinit && compinit -u -D
source ${(q)script}
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd \"\$@\"; return; fi
  local -a words
  builtin compadd -A words \"\$@\"
  print -rl -- \$words >> ${(q)found}
}
zle -C offered complete-word _main_complete
offer() { zle offered; print -r -- OFF''ERED }
zle -N offer
bindkey '^I' offer
print -r -- REA''DY"
zpty -r shell screen '*READY*'
zpty -w -n shell "$line"$'\t'
zpty -r shell screen '*OFFERED*'
zpty -d shell
sort -u $found
rm -f $found
