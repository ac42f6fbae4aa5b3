#!/bin/sh
# The editor in a real terminal emulator, with a shell around it: suspend and
# fg, resize, a hang-up. The rest is for the scripts of run.sh.
# Functions are called by way of trap and await.
# shellcheck disable=SC2317
set -u
[ -x hexspan ] || {
	echo "no hexspan in $PWD"
	exit 77
}
command -v tmux >/dev/null || {
	echo 'no tmux'
	exit 77
}
build=$PWD
here=$(mktemp -d "${TMPDIR:-/tmp}/hexspan-tmux-XXXXXX") || exit 99
failed=0

tm() {
	tmux -S "$here/socket" -f /dev/null "$@"
}

finish() {
	tm kill-server 2>/dev/null
	rm -rf "$here"
}
trap finish EXIT

screen() {
	tm capture-pane -p -t test
}

# Wait until the command succeeds.
await() {
	tries=300
	until "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || break
		sleep 0.1
	done
	[ $tries -gt 0 ] && return
	echo "FAIL: never: $*"
	screen
	failed=1
}

shows() {
	screen | grep -qF "$1"
}

hides() {
	! shows "$1"
}

flag() {
	[ "$(tm display-message -p -t test "#{$1}")" = "$2" ]
}

is_gone() {
	! kill -0 "$1" 2>/dev/null
}

seq 1000 1999 >"$here/numbers"
env -i PATH="$PATH" HOME=/proc/none LC_ALL=C.UTF-8 PS1='ready> ' \
	tmux -S "$here/socket" -f /dev/null new-session -d -s test \
	-x 80 -y 24 sh -i || {
	echo 'tmux does not start'
	exit 77
}
await shows 'ready>'
cat >"$here/edit" <<END
echo \$\$ >$here/pid
exec $build/hexspan -R $here/numbers
END
tm send-keys -t test "sh $here/edit" Enter
await shows '#1 numbers+0x0'
await flag alternate_on 1
await flag mouse_any_flag 1
await flag pane_title 'hexspan numbers'
tm send-keys -t test Down Down
await shows '#1 numbers+0x20'

# M-z stops the job: the shell has its screen again, without our modes.
tm send-keys -t test M-z
await hides '#1 numbers'
await flag alternate_on 0
await flag mouse_any_flag 0
await flag keypad_cursor_flag 0
tm send-keys -t test 'printf "\\033]2;of %s\\033\\\\" others; echo in "the" shell' Enter
await shows 'in the shell'
await flag pane_title 'of others'
tm resize-window -t test -x 100 -y 30
tm send-keys -t test fg Enter
await shows '#1 numbers+0x20'
await flag alternate_on 1
await flag mouse_any_flag 1
await flag keypad_cursor_flag 1
await flag pane_title 'hexspan numbers'
# The size has changed meanwhile.
await shows '00_0000_0020'
tm send-keys -t test Up
await shows '#1 numbers+0x10'

# Stopped from outside, which leaves the terminal as it was: Enter is no newline.
editor=$(cat "$here/pid")
kill -STOP "$editor"
await shows Stopped
tm send-keys -t test fg C-j
await hides Stopped
await shows '#1 numbers+0x10'
tm resize-window -t test -x 60 -y 12
await shows '10Quit'
await shows '8Mark '

# The terminal goes away, and the editor with it.
tm kill-session -t test
await is_gone "$editor"
exit $failed
