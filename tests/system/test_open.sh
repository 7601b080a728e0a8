#!/bin/sh
# SPDX-License-Identifier: MIT
# The command mls: strangers who come in, members who leave, groups that follow
# from others.

. "${MLS_TEST_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/system/people.sh"

box=$tmp/box
mkdir "$box"
for who in alice bob carol dave; do
	t 0 $who init $who
done

# --- by files ------------------------------------------------------------

t 0 alice create club
t 0 alice publish --output "$tmp/info" --tree "$tmp/tree"
t 2 bob enter "$tmp/info" --output "$tmp/commit"
err ratchet_tree_missing
t 0 bob enter "$tmp/info" --tree "$tmp/tree" --output "$tmp/commit"
t 0 bob groups
out ""
t 0 bob pending --group club
t 0 alice receive "$tmp/commit"
grep -q '^\* bob came in from outside$' "$tmp/out" || fail "nobody came in"
t 0 bob pending apply --group club
err 'you came into club'
agree club alice bob

# one that lost
t 0 alice publish --output "$tmp/info"
t 0 carol enter "$tmp/info" --output "$tmp/commit"
t 0 bob update --apply --output "$tmp/other"
t 0 alice receive "$tmp/other"
t 3 alice receive "$tmp/commit"
t 0 carol pending cancel --group club
t 4 carol info --group club

# asking
t 0 alice publish --output "$tmp/info"
t 0 carol ask "$tmp/info" --output "$tmp/ask"
t 0 bob receive "$tmp/ask"
out '* carol asks to be added'
t 0 alice receive "$tmp/ask"
t 1 alice commit --output "$tmp/commit"
err welcome
t 0 alice commit --output "$tmp/commit" --welcome "$tmp/welcome" --apply
t 0 bob receive "$tmp/commit"
t 0 carol join "$tmp/welcome"
agree club alice bob carol

# leaving
t 0 bob leave --output "$tmp/leave"
t 0 alice receive "$tmp/leave"
out '* bob proposes to leave'
t 0 carol receive "$tmp/leave"
t 0 carol commit --output "$tmp/commit" --apply
t 0 alice receive "$tmp/commit"
head -n 1 "$tmp/out" >"$tmp/first" && mv "$tmp/first" "$tmp/out"
out '* carol let go bob'
t 0 bob receive "$tmp/commit"
agree club alice carol
t 0 alice members
[ "$(wc -l <"$tmp/out")" = 2 ] || fail "bob is still there"

# a last resort, for two groups
t 0 dave key-package --last-resort --output "$tmp/last"
t 1 dave key-package --last-resort --dir "$box"
for group in one two; do
	t 0 alice create $group
	t 0 alice add "$tmp/last" --group $group --apply \
		--output "$tmp/commit" --welcome "$tmp/welcome"
	t 0 dave join "$tmp/welcome"
	agree $group alice dave
	t 0 dave forget $group
	t 0 alice forget $group
done

# --- by a mailbox --------------------------------------------------------

for who in alice bob carol; do
	t 0 $who groups
	[ ! -s "$tmp/out" ] || t 0 $who forget club
done
t 0 alice create open
t 3 bob enter --dir "$box" open
err 'no group'
t 0 alice update --dir "$box"
t 3 bob enter --dir "$box" open
err 'not open'
t 0 alice publish --dir "$box"
t 0 bob enter --dir "$box" open
grep -q '^\* you came into open$' "$tmp/out" || fail "bob is not in"
grep -q '^\* members: alice, bob$' "$tmp/out" || fail "bob is alone"
t 0 alice receive --dir "$box"
agree open alice bob
# It stays open, by the commit of whoever came in.
t 0 carol enter --dir "$box" open
t 0 alice receive --dir "$box"
t 0 bob receive --dir "$box"
agree open alice bob carol
t 0 dave ask --dir "$box" open
t 0 bob receive --dir "$box"
out '* dave asks to be added'
t 0 bob commit --dir "$box"
t 0 dave join --dir "$box"
for who in alice carol dave; do
	t 0 $who receive --dir "$box"
done
agree open alice bob carol dave
t 0 carol psk resume 3 --dir "$box"
t 0 alice receive --dir "$box"
head -n 1 "$tmp/out" >"$tmp/first" && mv "$tmp/first" "$tmp/out"
out '* carol mixed in the secret of epoch 3'
t 0 bob receive --dir "$box"
# Dave came later.
t 2 dave receive --dir "$box"
t 0 carol remove dave --dir "$box"
t 0 alice receive --dir "$box"
t 0 bob receive --dir "$box"
agree open alice bob carol

# --- groups that follow --------------------------------------------------

t 0 alice key-package --dir "$box"
t 0 bob branch pair alice --dir "$box" --group open
t 0 alice join --dir "$box"
grep -q '^\* you joined pair, a branch of open, invited by bob$' "$tmp/out" ||
	fail "no branch"
agree pair alice bob

t 2 alice successor --dir "$box" --group open
t 0 bob reinit next --suite 3 --dir "$box" --group open
grep -q '^\* you ended this group; it goes on as next$' "$tmp/out" ||
	fail "it did not end"
t 0 alice receive --dir "$box" --group open
t 0 carol receive --dir "$box" --group open
t 0 alice groups
grep -q '^open .*it has ended' "$tmp/out" || fail "it goes on"
t 3 alice successor --dir "$box" --group open
err 'key package'
t 4 alice info --group next
t 0 bob key-package --suite 3 --dir "$box"
t 0 carol key-package --suite 3 --dir "$box"
t 0 alice successor --dir "$box" --group open
for who in bob carol; do
	t 0 $who join --dir "$box"
	grep -q '^\* you joined next, which follows open, invited by alice$' \
		"$tmp/out" || fail "$who has no successor"
done
agree next alice bob carol
t 0 alice info --group next
grep -q 'CHACHA20' "$tmp/out" || fail "it has the old suite"
