#!/bin/sh
# SPDX-License-Identifier: MIT
# A mailbox into which anybody may put anything, and output that fails.

. "${MLS_TEST_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/system/people.sh"

cd "$tmp" || exit 99
mkdir box
t 0 alice init Alice
t 0 bob init Bob
t 0 bob key-package --dir box
t 0 alice create box
t 0 alice add Bob --dir box -g box
t 0 bob join --dir box
MLS_GROUP=box
export MLS_GROUP

# soon STATUS WHO COMMAND...: not for ever.
soon()
{
	soon_status=$1 soon_who=$2
	shift 2
	MLS_STORE=$tmp/$soon_who timeout 20 "$run" mls "$@" \
		>"$tmp/out" 2>"$tmp/err"
	soon_rc=$?
	[ $soon_rc = "$soon_status" ] ||
		fail "'mls $*' of $soon_who ended with $soon_rc"
}

hex=$(t 0 alice info -v && sed -n 's/^group id *//p' out)
in=box/$hex

# What has been read stands in a commit's place; then our own.
t 0 alice send --dir box hello
t 0 bob receive --dir box
out "Alice: hello"
message=$(ls "$in" | grep '^1-message-')
cp "$in/$message" "$in/1-commit"
soon 2 bob receive --dir box
err "1-commit"
soon 2 alice receive --dir box
rm "$in/1-commit"
t 0 alice update -o commit
cp commit "$in/1-commit"
t 0 alice pending cancel
soon 2 alice receive --dir box
rm "$in/1-commit"

# Nothing is taken that could not be shown.
t 0 alice send --dir box again
MLS_STORE=$tmp/bob "$run" mls receive --dir box >/dev/full 2>err &&
	fail "a full disk is no failure"
grep -q 'standard output' err || fail "it was not said what failed"
t 0 bob receive --dir box
out "Alice: again"

# Names that nobody's mls would give are no entries, and are not shown.
echo garbage >"$in/$(printf '1-message-\033]0;title\007')"
echo garbage >"$in/$(printf '1-message-a\n1-message-b')"
t 0 bob receive --dir box
out ""
grep -q 1-message-b bob/seen/* && fail "a name is two"

# What a member is called is never a file.
mkfifo pipe
t 0 carol init ./pipe
t 0 carol key-package -o carol.kp
t 0 alice add ./carol.kp --dir box
t 0 alice reinit --dir box
soon 3 alice successor --dir box
err "no key package of"
t 0 bob receive --dir box
t 0 bob key-package --dir box
t 0 carol key-package --dir box
soon 0 alice successor --dir box

# What cannot be read may be our commit, which others took: it stays.
t 0 alice create door
t 0 alice publish --dir box --group door
hex=$(t 0 alice info -v --group door && sed -n 's/^group id *//p' out)
t 0 alice publish --output info --group door
t 0 carol enter info --output commit
mkfifo "box/$hex/0-commit"
soon 1 carol enter --dir box door
err "0-commit"
rm "box/$hex/0-commit"
cp commit "box/$hex/0-commit"
t 0 alice receive --dir box --group door
t 0 carol enter --dir box door
agree door alice carol

# A store is its user's, or root's.
if [ "$(id -u)" = 0 ] && chown 1 bob 2>/dev/null; then
	t 4 bob groups
	err "another user"
	chown 0 bob
	t 0 bob groups
fi
exit 0
