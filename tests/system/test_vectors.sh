#!/bin/sh
# SPDX-License-Identifier: MIT
# mls-vectors takes what is right in files of the passive-client form, says what
# is wrong, and survives what is no such file.

src=${MLS_TEST_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
build=${MLS_TEST_BUILDDIR:-.}
MLS_PROVIDER_DIR=$build/.libs
MLS_CONFIG=$build/run.conf
export MLS_PROVIDER_DIR MLS_CONFIG

[ -f "$build/.libs/openssl.so" ] || {
	echo "skipped: there is no provider openssl"
	exit 77
}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/mls-test.XXXXXX") || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

cases=$src/tests/vectors/stories.json
app=$src/tests/vectors/stories-app.json

fail()
{
	echo "$*"
	cat "$tmp/out"
	exit 1
}

# run STATUS ARGUMENT...: with that exit status.
run()
{
	want=$1
	shift
	"$build/mls-vectors" "$@" >"$tmp/out" 2>&1
	status=$?
	[ $status -eq "$want" ] || fail "status $status, not $want: $*"
}

says()
{
	grep -q -- "$1" "$tmp/out" || fail "does not say '$1'"
}

# with STATUS SED-SCRIPT: the cases, edited so.
with()
{
	sed "$2" "$cases" >"$tmp/cases.json"
	cmp -s "$cases" "$tmp/cases.json" && fail "'$2' changes nothing"
	run "$1" --extension 0xf0a0 --proposal=61616 "$tmp/cases.json"
}

# app_with STATUS SED-SCRIPT: likewise, the messages.
app_with()
{
	sed "$2" "$app" >"$tmp/app.json"
	cmp -s "$app" "$tmp/app.json" && fail "'$2' changes nothing"
	run "$1" --extension 0xf0a0 --proposal 0xf0b0 "$cases" \
	    --app "$tmp/app.json"
}

# All that is right.
run 0 --app "$app" --extension 0xf0a0 --proposal 0xf0b0 --verbose "$cases"
says '^3 passed, 0 failed$'
says 'PROP-14: Update of the committer by reference: refused: update_by'
says 'MSG-09: a proposal sent twice: refused: generation_consumed'
says 'WELCOME-04: .*: refused: group_secrets_decrypt'
MLS_STORIES=$tmp MLS_TEST_PROVIDERDIR=$build/.libs \
    "$build/tests/vectors/make_stories" >"$tmp/out" 2>&1 ||
	fail "make_stories fails"
run 0 --extension 0xf0a0 --proposal 0xf0b0 --app "$tmp/stories-app.json" \
    "$tmp/stories.json"

# What the options are for.
run 1 --proposal 0xf0b0 "$cases"
says 'epochs\[1\].commit: gce_extension_unsupported'
run 1 --extension 0xf0a0 "$cases"
says 'epochs\[1\].commit: private_content_malformed'
run 1 --extension 0xf0a0 --proposal 0xf0b0 --any-lifetime "$cases"
says 'LEAF-14: Add of who has expired: taken, not refused$'

# What is wrongly taken is named, and so is what it spoils.
with 1 's/"at": "second"/"at": "proposals"/'
says 'reject\[2\]: MSG-09: a proposal sent twice: taken, not refused$'
says '1 failed'
with 1 's/"at": "any"/"at": "proposals"/'
says 'reject\[5\]: PROP-14: .*: taken, not refused$'
with 1 '/"good_welcome": "/ { p; s/good_//; }' # the last one counts
says 'case 1, suite 1: welcome: WELCOME-04: .*: taken, not refused$'
# A good message that is refused, before and after.
with 1 '/"rule": "PROP-03"/,/"commit":/ s/^\( *"\)00010001/\100010009/'
says 'reject\[1\]: PROP-03: .*: a good message is refused: unknown_wire'
app_with 1 's/68656c6c6f/68656c6c70/'
says 'app: epochs\[0\].messages\[0\]: differs'
app_with 1 's/"sent_in_epoch": [0-9]*/"sent_in_epoch": 3/'
says 'app: epochs.*: is .*, expected 3'
app_with 1 's/\("secret": "..\)./\1x/'
says 'secret: is no hex string'
app_with 1 's/"length": 20/"length": 21/'
says 'exporter: differs'
app_with 1 's/"own_leaf": 4/"own_leaf": 3/'
says 'app: own_leaf: is 4, expected 3'
app_with 1 '1s/^/[/; $s/$/, null]/'
says 'not an entry for each case'

# What is no such file.
for edit in 's/"at": "any"/"at": 7/' '/"at": "any"/d' \
    's/"at": "any"/"at": "all"/' 's/"commit": "/&z/' 's/"commit": "/&0/' \
    's/"welcome": ".*"/"welcome": null/' 's/"reject": \[/"reject": 7, "x": [/' \
    's/"proposals": \[/"proposals": {}, "x": [/' \
    's/"epochs": \[/"epochs": "", "x": [/' \
    's/"cipher_suite": 1/"cipher_suite": 65537/' \
    's/"cipher_suite": 1/"cipher_suite": "1"/' \
    's/"external_psks": \[/"external_psks": null, "x": [/' \
    's/"init_priv": ".*"/"init_priv": ""/' \
    's/"key_package": "00/"key_package": "/'; do
	with 1 "$edit"
	says 'case 0.*: '
done
for edit in 's/"epochs"/"e"/' 's/"message": "0/"message": "/' 's/"message"/"m"/' \
    's/"label": "/"label": 1, "x": "/' 's/"length": 20/"length": -1/' \
    's/"length": 20/"length": 99999999999999/' \
    's/"messages": \[/"messages": 1, "x": [/' \
    's/"exporter": {/"exporter": [], "x": {/' \
    's/"epochs": \[/"epochs": 1, "x": [/' \
    's/"sender_leaf": /"sender_leaf": "", "x": /'; do
	app_with 1 "$edit"
	says 'case 0.*: '
done
size=$(wc -c <"$cases")
for part in 1 2 3 5 7 11 20 50 100 1000; do
	head -c $((size / part - 3)) "$cases" >"$tmp/cases.json"
	run 1 "$tmp/cases.json"
	says 'cases.json: line [0-9]'
done
for text in '' '{}' '[]' '[[]]' '[7]' 'null' '"x"' \
    '[{"welcome":1,"encryption_priv":2,"signature_priv":3}]'; do
	printf '%s' "$text" >"$tmp/cases.json"
	run 1 "$tmp/cases.json"
	says 'cases.json: '
done
run 1 "$tmp/none.json"
says 'none.json: '
run 1 --app "$tmp/none.json" "$cases"
says 'none.json: '
for arguments in '' '--extension' '--extension 0' '--extension 65536' \
    '--proposal x' '--what' '--app' '--app a' '--app a --app b c'; do
	# shellcheck disable=SC2086 # a list of words
	run 2 $arguments
	says '^usage: '
done
run 0 --help
