#!/bin/sh
# SPDX-License-Identifier: MIT
# The command mls: help, exit statuses, conversations by files and by a
# mailbox, commits that race or were left behind by a crash.

. "${MLS_TEST_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/system/people.sh"

# --- help ----------------------------------------------------------------

t 0 x help
commands=$(sed -n 's/^  \([a-z-]*\) .*/\1/p' "$tmp/out" |
	grep -v -e '^help$' -e '^$')
[ "$(echo "$commands" | wc -l)" -ge 18 ] || fail "commands are missing"
for command in $commands; do
	t 0 x "$command" --help
	grep -q "^usage: mls $command" "$tmp/out" || fail "no usage"
	t 0 x help "$command"
	t 1 x "$command" --no-such-option
done
t 0 x --version
t 1 x no-such-command
t 1 x help no-such-command
t 1 x init
t 1 x init one two
t 1 x key-package --suite
t 1 x key-package --days soon

# --- the store -----------------------------------------------------------

t 4 alice groups
err "mls init"
t 0 alice init Alice
[ "$(ls -ld "$tmp/alice" | cut -c 5-10)" = "------" ] ||
	fail "the store is open to others"
t 4 alice init Alice
t 4 alice init Bob
t 0 bob init Bob
t 0 carol init Carol
chmod 755 "$tmp/bob"
t 4 bob groups
err chmod
chmod 700 "$tmp/bob"
t 4 alice info
t 0 alice groups
out ""
"$run" mls init Dora >"$tmp/out" 2>"$tmp/err" || fail "init without --store"
[ -f "$HOME/.local/share/mls/store.sqlite" ] || fail "the default store"
echo nonsense >"$tmp/bad.conf"
MLS_CONFIG=$tmp/bad.conf MLS_STORE=$tmp/alice "$run" mls groups \
	>"$tmp/out" 2>"$tmp/err"
[ $? = 5 ] || fail "a bad config is not status 5"

# --- by files ------------------------------------------------------------

cd "$tmp" || exit 99
t 0 bob key-package -o bob.kp
t 0 bob inspect bob.kp
grep -q 'identity: "Bob"' out || fail "the identity is not shown"
t 0 alice create files
out "* you created files"
t 2 alice create files
t 1 alice add bob.kp -o commit
err welcome
t 1 alice add missing.kp -o commit -w welcome
t 0 alice add ./bob.kp -o commit -w welcome
t 3 alice send -o msg hello
err "mls pending"
t 0 alice pending
grep -q "out of epoch 0, waits" out || fail "the commit is not shown"
t 0 alice pending send -o again
cmp commit again || fail "the commit changed"
t 0 alice pending cancel
t 3 alice pending apply
t 0 alice add ./bob.kp -o commit -w welcome
t 0 alice receive commit
grep -q '^\* epoch 1$' out || fail "the echo did not apply"
t 2 carol join welcome
t 0 bob join welcome
t 2 bob join welcome
agree files alice bob
t 0 alice inspect commit
t 0 alice inspect welcome
grep -q '^ *Welcome' out || fail "no Welcome"
echo "by a pipe" | MLS_STORE=alice "$run" mls send >msg 2>err ||
	fail "send to a pipe"
t 0 bob receive msg
out "Alice: by a pipe"
t 2 bob receive msg
err generation_consumed
t 2 alice receive msg
err own_private_message
t 2 carol receive msg
MLS_STORE=bob "$run" mls send raw 2>err | MLS_STORE=alice "$run" \
	mls receive --raw >out 2>>err || fail "a pipe from end to end"
[ "$(cat out)" = raw ] || fail "not raw"
printf 'two\nlines \033[31mred' | MLS_STORE=alice "$run" mls send -o msg ||
	fail "send from standard input"
t 0 bob receive msg
out 'Alice: two
    lines \x1b[31mred'

# What is no message, or not ours.
t 1 bob receive missing
t 2 bob receive bob.kp
err "mls add"
t 2 bob receive welcome
head -c 20 msg >short
t 2 bob receive short
t 2 bob inspect short
t 2 bob inspect /dev/null
head -c 5000 /dev/zero >zeros
t 2 bob receive zeros

# A proposal, an update, a removal by leaf number.
t 0 bob update --propose -o prop
t 0 alice receive prop
out "* Bob proposes new keys"
t 3 alice send -o msg "too early"
t 0 alice commit --apply -o commit
t 0 bob receive commit
out '* Alice took up new keys of you
* epoch 2'
agree files alice bob
t 0 alice update --apply --public --new-key -o commit
t 0 bob inspect commit
grep -q 'PublicMessage' out || fail "not public"
t 0 bob receive commit
agree files alice bob
t 0 alice export label --length 16
cp out exported
t 0 bob export label --length 16
cmp out exported || fail "the exported secrets differ"
[ "$(wc -c <out)" = 33 ] || fail "the length exported"
t 0 alice tree --ascii
grep -q 'leaf 0  Alice (you)' out || fail "no own leaf in the tree"
grep -q 'leaf 1  Bob' out || fail "no Bob in the tree"
t 0 alice members
out "0  Alice  (you)
1  Bob"
t 2 alice remove 7 --apply -o commit
t 2 alice remove Carol --apply -o commit
t 2 alice remove Alice --apply -o commit
t 0 alice remove 1 --apply -o commit
t 0 bob receive commit
out "* Alice removed you"
t 2 bob send -o msg "still there"
t 0 alice send -o msg "gone"
t 2 bob receive msg
t 0 bob forget files
t 0 bob groups
out ""

# A pre-shared key.
t 0 bob key-package -o bob.kp
t 0 alice add ./bob.kp --apply -o commit -w welcome -t tree
t 2 bob join welcome
err -- --tree
t 0 bob join --tree tree welcome
head -c 32 /dev/urandom >key
t 0 alice psk put code key
t 2 alice psk use other --apply -o commit
t 0 alice psk use code --apply -o commit
t 2 bob receive commit
t 0 bob psk put code key
t 0 bob receive commit
agree files alice bob
t 0 bob psk delete code

# --- by a mailbox --------------------------------------------------------

mkdir box
t 1 bob key-package --dir missing
t 0 bob key-package --dir box
t 0 carol key-package --dir box
t 0 alice create box
t 3 alice add Nobody --dir box --group box
t 3 bob join --dir box
t 0 alice add Bob Carol --dir box -g box
out "* you added Bob
* you added Carol
* epoch 1"
[ -z "$(ls box/key-packages)" ] || fail "key packages were left"
t 0 bob join --dir box
t 0 carol join --dir box
t 3 carol join --dir box
agree box alice bob carol
t 1 bob info
t 1 bob send --dir box which
MLS_GROUP=box
export MLS_GROUP
t 0 alice send --dir box one
t 0 alice send --dir box two
t 0 bob send --dir box three
t 0 carol receive --dir box -g box
out "Alice: one
Alice: two
Bob: three"
t 0 carol receive --dir box -g box
out ""
# Without its list of what was seen, nothing is read twice.
rm carol/seen/*
t 0 carol receive --dir box -g box
out ""

# A proposal, and a commit that takes it up.
t 0 carol update --propose --dir box
t 0 alice receive --dir box -g box
t 0 alice commit --dir box
t 0 bob receive --dir box -g box
t 0 carol receive --dir box -g box
agree box alice bob carol

# Two commits at once: exactly one wins.
for round in 1 2 3 4 5; do
	MLS_STORE=alice "$run" mls update --dir box >/dev/null 2>err.a &
	first=$!
	MLS_STORE=bob "$run" mls update --dir box >/dev/null 2>err.b &
	second=$!
	wait $first
	first=$?
	wait $second
	second=$?
	case $first,$second in
	0,3 | 3,0) ;;
	*)
		cat err.a err.b >err
		fail "round $round: statuses $first and $second" ;;
	esac
	for who in alice bob carol; do
		t 0 $who receive --dir box -g box
		t 0 $who pending
		out ""
	done
	agree box alice bob carol
done

# Left behind, and posted later.
t 0 alice update -o commit
t 0 alice receive --dir box -g box
err "left behind"
t 0 bob receive --dir box -g box
agree box alice bob

# Posted, but not applied.
t 0 alice update -o commit
t 0 alice info -v
hex=$(sed -n 's/^group id *//p' out)
epoch=$(sed -n 's/^epoch *//p' out)
cp commit "box/$hex/$epoch-commit"
t 0 alice receive --dir box -g box
t 0 bob receive --dir box -g box
agree box alice bob

# Left behind while another one won.
t 0 alice update -o commit
t 0 bob update --dir box
t 0 alice receive --dir box -g box
err "too late"
t 0 alice pending
out ""
agree box alice bob

# A message out of an epoch that ended is read still.
t 0 carol receive --dir box -g box
t 0 alice send --dir box late
t 0 bob update --dir box
t 0 carol receive --dir box -g box
out "Alice: late
* Bob renewed their keys
* epoch $((epoch + 3))"

# What someone else left in the folder does no harm; it is told once.
t 0 alice receive --dir box -g box
epoch=$((epoch + 3))
echo garbage >"box/$hex/$epoch-message-0-0"
mkfifo "box/$hex/$epoch-message-0-1"
t 0 bob update -o commit
mv commit "box/$hex/$epoch-message-0-2"
ln -s /etc/passwd "box/$hex/$epoch-message-0-3"
t 2 alice receive --dir box -g box
err "not what its name says"
rm "box/$hex/$epoch-message-0-1" "box/$hex/$epoch-message-0-3"
t 0 alice receive --dir box -g box
t 2 bob receive --dir box -g box
t 0 bob receive --dir box -g box
t 0 alice receive --dir box -g box
agree box alice bob
exit 0
