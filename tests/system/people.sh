# SPDX-License-Identifier: MIT
# People with a store each, for the tests of the command mls; to be sourced.

set -u
unset MLS_STORE MLS_GROUP XDG_DATA_HOME
umask 022

build=${MLS_TEST_BUILDDIR:-.}
run=${MLS_RUN:-$build/run}
for module in openssl sqlite; do
	[ -f "$build/.libs/$module.so" ] || {
		echo "skipped: there is no provider $module"
		exit 77
	}
done

tmp=$(mktemp -d "${TMPDIR:-/tmp}/mls-test.XXXXXX") || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
HOME=$tmp/home
export HOME
mkdir "$HOME"

fail()
{
	printf 'FAIL: %s\n' "$*" >&2
	sed 's/^/  stdout: /' "$tmp/out" >&2
	sed 's/^/  stderr: /' "$tmp/err" >&2
	exit 1
}

# t STATUS WHO COMMAND...
t()
{
	t_status=$1 t_who=$2
	shift 2
	MLS_STORE=$tmp/$t_who "$run" mls "$@" >"$tmp/out" 2>"$tmp/err"
	t_rc=$?
	[ $t_rc = "$t_status" ] ||
		fail "'mls $*' of $t_who ended with $t_rc, not $t_status"
	# An error is a line: what was wrong; what to do.
	[ $t_rc = 0 ] || grep -q '^mls: .*' "$tmp/err" ||
		fail "'mls $*' of $t_who failed without a word"
}

out()
{
	[ "$(cat "$tmp/out")" = "$1" ] || fail "the output is not '$1'"
}

err()
{
	grep -q -e "$1" "$tmp/err" || fail "no '$1' among the errors"
}

auth()
{
	MLS_STORE=$tmp/$1 "$run" mls info --group "$2" |
		sed -n 's/^authenticator *//p'
}

agree()
{
	agree_group=$1
	shift
	agree_first=
	for agree_who; do
		agree_auth=$(auth "$agree_who" "$agree_group")
		[ -n "$agree_auth" ] || fail "$agree_who has no authenticator"
		[ "$agree_auth" = "${agree_first:=$agree_auth}" ] ||
			fail "$agree_who does not agree in $agree_group"
	done
}
